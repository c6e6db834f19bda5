import { posix } from "node:path";
import { Construct } from "constructs";
import { type AuthorityId, authority } from "../catalog/authorities";
import {
  certificatesOf,
  type ComponentId,
  isNeeded,
} from "../catalog/certificates";
import { kubeconfigPath, type KubeconfigRow } from "../catalog/kubeconfigs";
import { certificatePath } from "../catalog/paths";
import type { Site, SiteNode } from "../catalog/site";
import { serverOf } from "../render/kubeconfig";
import { kubeletFiles } from "../render/kubelet";
import { toYaml } from "../render/yaml";
import type { Store } from "../terraform/store";
import { textTemplate, yamlTemplate } from "../terraform/template";
import { Certificate } from "./certificate";
import {
  authorityFiles,
  type ICertificateAuthority,
} from "./certificate-authority";
import type { ClusterAuthorities } from "./cluster-authorities";
import { Duration } from "./duration";
import { authorityMissing, storeMismatch } from "./errors";
import { KeyAlgorithm } from "./key-algorithm";
import { Kubeconfig, KubeconfigUser } from "./kubeconfig";
import { NodeTree } from "./node-tree";

/** What a part of a node is made from. @internal */
export interface NodeGround {
  readonly store: Store;
  readonly site: Site;
  readonly node: SiteNode;
  readonly authorities: ClusterAuthorities;
  /** Of its certificates. */
  readonly renewBefore?: Duration;
}

/** Files of one node that are made from rows of the catalog. @internal */
export abstract class NodePart extends Construct {
  protected readonly site: Site;
  protected readonly siteNode: SiteNode;
  protected readonly tree: NodeTree;
  private readonly made = new Map<string, Certificate>();

  constructor(
    scope: Construct,
    id: string,
    private readonly ground: NodeGround,
  ) {
    super(scope, id);
    this.site = ground.site;
    this.siteNode = ground.node;
    this.tree = NodeTree.of(ground.store, ground.node.name);
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
      path: this.tree.path(kubeconfigPath(this.site, row.id)),
      purpose: `${row.purpose} on ${this.siteNode.name}`,
      batch: this.tree.batch,
    });
  }

  protected addKubeletFiles(): void {
    for (const { path, mode, content } of kubeletFiles(
      this.site,
      this.siteNode,
    )) {
      this.tree.text(this, posix.parse(path).name, {
        path,
        mode,
        text:
          typeof content === "string"
            ? textTemplate(content)
            : yamlTemplate(content, toYaml),
        purpose: `configuration of kubelet on ${this.siteNode.name}`,
      });
    }
  }

  /** Brings an authority to the node: its certificate and, where that is wanted and in the store, its key. */
  protected addAuthority(id: AuthorityId, withKey: boolean): void {
    const row = authority(id);
    const { artefact, hasKey } = this.authority(id);
    const files = authorityFiles(
      certificatePath(this.site, row.path),
      withKey && hasKey,
    );
    this.tree.copy(
      artefact,
      id,
      files,
      `${row.purpose} on ${this.siteNode.name}`,
    );
  }

  private authority(id: AuthorityId): ICertificateAuthority {
    const { authorities, store } = this.ground;
    const found = authorities[id];
    if (!found) throw authorityMissing(this.node.id, id);
    if (found.store !== store) {
      throw storeMismatch(
        found.node.path,
        store.directory,
        found.store.directory,
      );
    }
    return found;
  }

  private lifetime() {
    return {
      keyAlgorithm: KeyAlgorithm.of(this.site.keyAlgorithm),
      validity: Duration.hours(this.site.certificateValidity),
      renewBefore: this.ground.renewBefore,
    };
  }
}
