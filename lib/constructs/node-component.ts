import { createHash } from "node:crypto";
import { Construct } from "constructs";
import {
  type AuthorityId,
  authority,
  SERVICE_ACCOUNT_KEY_PAIR,
} from "../catalog/authorities";
import {
  certificatesOf,
  type ComponentId,
  isNeeded,
} from "../catalog/certificates";
import type { ComponentRow } from "../catalog/components";
import type { KubeconfigRow } from "../catalog/kubeconfigs";
import { certificatePath } from "../catalog/paths";
import type { Site, SiteNode } from "../catalog/site";
import { serverOf } from "../render/kubeconfig";
import { type Fingerprint, withMountedFiles } from "../render/mounted-files";
import { manifestPath, staticPod } from "../render/static-pod";
import { toYaml } from "../render/yaml";
import type { Store } from "../terraform/store";
import { code, hasToken, yamlTemplate } from "../terraform/template";
import { Certificate } from "./certificate";
import {
  authorityFiles,
  type ICertificateAuthority,
} from "./certificate-authority";
import type { ClusterProps, NodeFile } from "./cluster-props";
import { Duration } from "./duration";
import { authorityMissing, storeMismatch, unknownNode } from "./errors";
import { fileReference } from "./files";
import { KeyAlgorithm } from "./key-algorithm";
import { type KeyPair, keyPairFiles } from "./key-pair";
import { Kubeconfig, KubeconfigUser } from "./kubeconfig";
import { NodeTree } from "./node-tree";
import { siteOf } from "./site";

/** Who signs what in a cluster. */
export interface ClusterAuthorities {
  /** The Kubernetes CA. */
  readonly ca: ICertificateAuthority;
  /**
   * The CA of etcd; may be the same as `ca`.
   * @default - none: etcd is external
   */
  readonly "etcd-ca"?: ICertificateAuthority;
  /**
   * The CA of the front proxy.
   * @default - none: for kubelets, schedulers and etcd members, which need none
   */
  readonly "front-proxy-ca"?: ICertificateAuthority;
  /**
   * Signs the tokens of service accounts.
   * @default - none: for all but API servers and controller managers
   */
  readonly serviceAccount?: KeyPair;
}

/** A component of the control plane on one of its nodes. */
export interface NodeComponentProps {
  /** Where its files are made; that of all `authorities`. */
  readonly store: Store;
  /** The whole cluster, because its components name each other. */
  readonly cluster: ClusterProps;
  /** The name of the node. */
  readonly node: string;
  /** Who signs its certificates, and whom it trusts. Throws where one that it needs is missing. */
  readonly authorities: ClusterAuthorities;
}

/** What the components have in common: they are made from rows of the catalog. @internal */
export abstract class NodeComponent extends Construct {
  protected readonly site: Site;
  protected readonly siteNode: SiteNode;
  protected readonly tree: NodeTree;
  private readonly made = new Map<string, Certificate>();

  constructor(
    scope: Construct,
    id: string,
    protected readonly props: NodeComponentProps,
  ) {
    super(scope, id);
    this.site = siteOf(props.cluster, {
      external: !props.authorities.ca.hasKey,
    });
    const node = this.site.nodes.find(({ name }) => name === props.node);
    if (!node) {
      throw unknownNode(
        props.node,
        this.site.nodes.map(({ name }) => name),
      );
    }
    this.siteNode = node;
    this.tree = NodeTree.of(props.store, node.name);
  }

  /** Its certificates by their names in the catalog: `apiserver`, `apiserver-kubelet-client`, … */
  get certificates(): ReadonlyMap<string, Certificate> {
    return new Map(this.made);
  }

  protected addCertificates(component: ComponentId): void {
    for (const row of certificatesOf(component).filter((each) =>
      isNeeded(each, this.site),
    )) {
      const { commonName, organizations } = row.subject(
        this.site,
        this.siteNode,
      );
      const certificate = new Certificate(this, `${row.id}-certificate`, {
        certificateAuthority: this.authority(row.authority),
        commonName,
        organizations,
        names: row.names?.(this.site, this.siteNode),
        usages: row.usages,
        ...this.lifetime(),
        path: this.tree.path(certificatePath(this.site, row.path)),
        purpose: `${row.purpose} on ${this.siteNode.name}`,
        batch: this.tree.batch,
      });
      this.made.set(row.id, certificate);
    }
  }

  protected addKubeconfig(row: KubeconfigRow): Kubeconfig {
    const { commonName, organizations } = row.subject(this.siteNode);
    return new Kubeconfig(this, `${row.id}-kubeconfig`, {
      certificateAuthority: this.authority("ca"),
      server: serverOf(row, this.site, this.siteNode),
      clusterName: this.site.clusterName,
      user: KubeconfigUser.certificate({ commonName, organizations }),
      ...this.lifetime(),
      ...(row.rotated && { renewBefore: Duration.ZERO }),
      path: this.tree.path(row.path),
      purpose: `${row.purpose} on ${this.siteNode.name}`,
      batch: this.tree.batch,
    });
  }

  protected addManifest(row: ComponentRow): void {
    const files = this.props.cluster.nodes.find(
      ({ name }) => name === this.siteNode.name,
    )?.files;
    const pod = withMountedFiles(
      staticPod(row, this.site, this.siteNode),
      (files ?? []).map((file) => fingerprint(this, file)),
    );
    this.tree.text(this, "manifest", {
      path: manifestPath(row),
      text: yamlTemplate(pod, toYaml),
      purpose: `static pod of ${row.id} on ${this.siteNode.name}`,
    });
  }

  /** Brings authorities to the node: their certificates and, where it is in the store, their keys. */
  protected addAuthorities(...ids: readonly AuthorityId[]): void {
    for (const id of ids) {
      const row = authority(id);
      const { artefact, hasKey } = this.authority(id);
      const files = authorityFiles(
        certificatePath(this.site, row.path),
        hasKey,
      );
      this.tree.copy(
        artefact,
        id,
        files,
        `${row.purpose} on ${this.siteNode.name}`,
      );
    }
  }

  protected addServiceAccountKeyPair(): void {
    const { id, path, purpose } = SERVICE_ACCOUNT_KEY_PAIR;
    const keyPair = this.props.authorities.serviceAccount;
    if (!keyPair) throw authorityMissing(this.node.id, "serviceAccount");
    const files = keyPairFiles(certificatePath(this.site, path));
    this.tree.copy(
      keyPair.artefact,
      id,
      files,
      `${purpose} on ${this.siteNode.name}`,
    );
  }

  private authority(id: AuthorityId): ICertificateAuthority {
    const found = this.props.authorities[id];
    if (!found) throw authorityMissing(this.node.id, id);
    if (found.store !== this.props.store) {
      throw storeMismatch(
        found.node.path,
        this.props.store.directory,
        found.store.directory,
      );
    }
    return found;
  }

  private lifetime() {
    return {
      keyAlgorithm: KeyAlgorithm.of(this.site.keyAlgorithm),
      validity: Duration.hours(this.site.certificateValidity),
      renewBefore: this.props.cluster.renewBefore,
    };
  }
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
