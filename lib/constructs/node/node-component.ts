import { createHash } from "node:crypto";
import type { Construct } from "constructs";
import { namesIn } from "../../catalog/arguments";
import {
  type AuthorityId,
  SERVICE_ACCOUNT_KEY_PAIR,
} from "../../catalog/authorities";
import { type ComponentRow, flagsOf } from "../../catalog/component";
import { encryptionFile, encryptionKeyPath } from "../../catalog/encryption";
import { KUBE_APISERVER } from "../../catalog/kube-apiserver";
import { certificatePath } from "../../catalog/paths";
import type { ComponentFile } from "../../catalog/component-file";
import type { Site, SiteNode } from "../../catalog/site";
import { runtimeOf, unitRow } from "../../catalog/units";
import { componentUnit } from "../../render/component-unit";
import { finalConfiguration } from "../../render/encryption";
import { processOf, processPath } from "../../render/local-process";
import { type Fingerprint, withMountedFiles } from "../../render/mounted-files";
import { reference } from "../../render/references";
import { manifestPath, staticPod } from "../../render/static-pod";
import { toYaml } from "../../render/yaml";
import type { Store } from "../../terraform/store";
import { code, hasToken } from "../../terraform/expression";
import { checkTokens } from "../../terraform/requirement";
import { yamlTemplate } from "../../terraform/template";
import type { ClusterAuthorities } from "../pki/cluster-authorities";
import type { ClusterProps } from "../site/cluster-props";
import { authorityMissing } from "../errors";
import { unknownNode } from "../site/node-errors";
import { fileReference } from "../files";
import { EncryptionKeys } from "../pki/encryption-keys";
import { keyPairFiles } from "../pki/key-pair";
import { addNodeFile } from "./node-file";
import { type NodeContext, NodePart } from "./node-part";
import type { NodeFile } from "../site/node-props";
import { siteAuthorities, siteOf } from "../site/site";
import { clusterRequirements } from "../site/site-validation";
import { checkProps } from "../../props/check";

/** Describes a component of a control plane on one of its nodes. */
export interface NodeComponentProps {
  /** The store in which its files are made. All `authorities` must be in it. */
  readonly store: Store;
  /** The whole cluster, because its components refer to each other. */
  readonly cluster: ClusterProps;
  /** The name of the node. */
  readonly node: string;
  /** The CAs that sign its certificates, and that it trusts. The constructor throws if one is missing. */
  readonly authorities: ClusterAuthorities;
  /** The site of `cluster`, if the caller has computed it already. @internal */
  readonly site?: Site;
}

/** The base class of control plane components. @internal */
export abstract class NodeComponent extends NodePart {
  constructor(
    scope: Construct,
    id: string,
    protected readonly props: NodeComponentProps,
    nodesOf?: (site: Site) => readonly SiteNode[],
  ) {
    super(scope, id, contextOf(props, nodesOf));
  }

  /** Adds the static pod, the unit or the process description that starts the component. */
  protected addComponent(row: ComponentRow): void {
    const { kind } = runtimeOf(this.site, row.id);
    if (kind === "static-pods") this.addManifest(row);
    if (kind === "processes") this.addProcess(row);
    this.addUnit(row.id, (context) => componentUnit(row, context));
    const access = this.readableBy(unitRow(row.id).user);
    for (const { purpose, ...file } of this.ownFiles(row))
      addNodeFile(this, this.tree, file, access, `${purpose} of ${row.id}`);
  }

  /** The files that props make for the component. */
  private ownFiles({ id }: ComponentRow): readonly ComponentFile[] {
    const { files = [] } = this.site;
    return files.filter(({ component }) => component === id);
  }

  private addManifest(row: ComponentRow): void {
    const pod = withMountedFiles(
      staticPod(row, this.site, this.siteNode),
      [...this.context.files, ...this.ownFiles(row)].map((file) =>
        fingerprint(this, file),
      ),
    );
    this.tree.text(this, "manifest", {
      path: manifestPath(row),
      text: yamlTemplate(pod, toYaml),
      purpose: `static pod of ${row.id}`,
    });
  }

  /** Adds the file with the command of a local process, so that a plan shows each flag that changes. */
  private addProcess(row: ComponentRow): void {
    this.tree.text(this, "process", {
      path: processPath(this.site, row),
      text: yamlTemplate(processOf(row, this.site, this.siteNode), toYaml),
      purpose: `process of ${row.id}`,
    });
  }

  protected addAuthorities(...ids: readonly AuthorityId[]): void {
    for (const id of ids) this.addAuthority(id, true);
  }

  /** Adds the user's files. A file that a component's flags name becomes readable by the user of that component. */
  protected addFiles(rows: readonly ComponentRow[]): void {
    const { site, siteNode: node } = this;
    const readers = rows.map((row) => ({
      user: unitRow(row.id).user,
      names: namesIn(flagsOf(row, site, node)),
    }));
    for (const file of this.context.files) {
      const reader = readers.find(({ names }) => names.has(file.path));
      addNodeFile(this, this.tree, file, this.readableBy(reader?.user));
    }
  }

  /** Adds the file that says how the API server encrypts values, if it does. */
  protected addEncryption(): void {
    const { encryption } = this.site;
    if (!encryption) return;
    const { generation, provider } = encryption;
    const keys = EncryptionKeys.of(this.context.store, generation);
    const secret = reference({ $base64: encryptionKeyPath(generation) });
    const configuration = finalConfiguration(encryption, secret);
    this.tree.encryption(this, "encryption", {
      path: encryptionFile(this.site),
      access: this.readableBy(unitRow(KUBE_APISERVER.id).user),
      configuration,
      keys: provider === "identity" ? [] : [keys.artefactOf(generation)],
    });
  }

  protected addServiceAccountKeyPair(): void {
    const { id, path, purpose, keyReader } = SERVICE_ACCOUNT_KEY_PAIR;
    const keyPair = this.props.authorities.serviceAccount;
    if (!keyPair) throw authorityMissing(this.node.id, "serviceAccount");
    const files = keyPairFiles(
      certificatePath(this.site, path),
      this.readableBy(keyReader),
    );
    this.tree.copy(keyPair.artefact, id, files, purpose);
  }
}

function contextOf(
  props: NodeComponentProps,
  nodesOf = ({ nodes }: Site): readonly SiteNode[] => nodes,
): NodeContext {
  const { store, cluster, authorities } = props;
  // Of a control plane, this was looked at already.
  if (props.site === undefined)
    checkProps("NodeComponentProps", props, "a component of a node");
  const site = siteOfComponents(props);
  const nodes = nodesOf(site);
  const node = nodes.find(({ name }) => name === props.node);
  if (!node) {
    throw unknownNode(
      props.node,
      nodes.map(({ name }) => name),
    );
  }
  const machines = [...cluster.nodes, ...(cluster.etcd?.machines ?? [])];
  const { files = [] } = machines.find(({ name }) => name === node.name) ?? {};
  const { renewBefore } = cluster;
  return { store, site, node, files, authorities, renewBefore };
}

/**
 * The site of the cluster. A control plane computes it once for all components; a standalone component computes its
 * own.
 */
export function siteOfComponents({
  store,
  site,
  cluster,
  authorities,
}: Omit<NodeComponentProps, "node">): Site {
  if (site) return site;
  const own = siteOf(cluster, siteAuthorities(authorities.ca));
  checkTokens(clusterRequirements(own, cluster), store.teardown);
  return own;
}

function fingerprint(scope: Construct, file: NodeFile): Fingerprint {
  if (file.text === undefined) {
    return {
      path: file.path,
      sha256: fileReference(scope, file.source ?? "").sha256,
    };
  }
  const sha256 = hasToken(file.text)
    ? code`sha256(${file.text})`.asToken()
    : createHash("sha256").update(file.text).digest("hex");
  return { path: file.path, sha256 };
}
