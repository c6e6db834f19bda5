import { posix } from "node:path";
import { Construct } from "constructs";
import {
  AUTHORITY_PARTS,
  type AuthorityId,
  type AuthorityPart,
  authority,
} from "../../catalog/authorities";
import { certificatesOf, isNeeded } from "../../catalog/certificates";
import { type ComponentId } from "../../catalog/component-id";
import { endpointOn } from "../../catalog/endpoint";
import { kubeconfigPath, type KubeconfigRow } from "../../catalog/kubeconfigs";
import { KUBELET_FILES } from "../../catalog/kubelet";
import { certificatePath } from "../../catalog/paths";
import type { Site, SiteNode } from "../../catalog/site";
import {
  etcdRuntime,
  LOGS_UNIT,
  runtimeOf,
  type UnitId,
  unitPath,
  unitRow,
  unitUser,
  type UnitUser,
} from "../../catalog/units";
import { serverOf } from "../../render/kubeconfig";
import {
  kubeletUnit,
  logsUnit,
  type UnitContext,
} from "../../render/component-unit";
import {
  kubeletFileMode,
  kubeletFiles,
  type RenderedFile,
} from "../../render/kubelet";
import {
  type UnitText,
  unitFile,
  type UnitQuote,
  fileVariableWord,
  unitVariable,
  unitWord,
} from "../../render/unit";
import { toYaml } from "../../render/yaml";
import type { Artefact } from "../../terraform/artefact";
import type { Store } from "../../terraform/store";
import {
  fileVariableWordTemplate,
  haveNoControls,
  unitVariableTemplate,
  unitWordTemplate,
} from "../../terraform/quoted-template";
import { textTemplate, yamlTemplate } from "../../terraform/template";
import { Certificate } from "../pki/certificate";
import type { ICertificateAuthority } from "../pki/authority";
import { authorityFiles } from "../pki/authority-parts";
import {
  type ClusterAuthorities,
  requireStore,
} from "../pki/cluster-authorities";
import { Duration } from "../duration";
import { authorityMissing } from "../errors";
import { type FileAccess, MODES, PRIVATE, readableBy } from "../files";
import { KeyAlgorithm } from "../pki/key-algorithm";
import { Kubeconfig } from "../pki/kubeconfig";
import { KubeconfigUser } from "../pki/kubeconfig-user";
import type { NodeFile } from "../site/node-props";
import { NodeTree } from "./node-tree";
import { controlCharacterAtApply } from "../site/flag-errors";

/** What all parts of a node need to know. @internal */
export interface NodeContext {
  readonly store: Store;
  readonly site: Site;
  readonly node: SiteNode;
  /** The user's own files on the node. */
  readonly files: readonly NodeFile[];
  readonly authorities: ClusterAuthorities;
  /** Applies to all certificates of the node. */
  readonly renewBefore?: Duration;
}

/** Quotes words of units, which may be known only at apply. @internal */
export const UNIT_QUOTE: UnitQuote = {
  word: (text) => unitWordTemplate(text, unitWord),
  variable: (name, value) => unitVariableTemplate(name, value, unitVariable),
  fileVariableWord: (text) => fileVariableWordTemplate(text, fileVariableWord),
};

const NO_DROP_IN = "# kubelet.service says it all.\n";

/** The base class of constructs that make files of one node from rows of the catalog. @internal */
export abstract class NodePart extends Construct {
  protected readonly site: Site;
  protected readonly siteNode: SiteNode;
  protected readonly tree: NodeTree;
  private readonly certificatesById = new Map<string, Certificate>();

  constructor(
    scope: Construct,
    id: string,
    protected readonly context: NodeContext,
  ) {
    super(scope, id);
    this.site = context.site;
    this.siteNode = context.node;
    this.tree = NodeTree.of(context.store, context.node.name);
  }

  /** Its certificates by their ids in the catalog: `apiserver`, `apiserver-kubelet-client`, … */
  get certificates(): ReadonlyMap<string, Certificate> {
    return new Map(this.certificatesById);
  }

  protected addCertificates(component: ComponentId): void {
    const { site, siteNode } = this;
    for (const row of certificatesOf(component)) {
      if (!isNeeded(row, site)) continue;
      const { commonName, organizations } = row.subject(site, siteNode);
      const certificate = new Certificate(this, `${row.id}-certificate`, {
        certificateAuthority: this.authority(row.authority),
        commonName,
        organizations,
        names: row.names?.(site, siteNode),
        usages: row.usages,
        ...this.lifetime(),
        path: this.tree.path(certificatePath(site, row.path)),
        purpose: `${row.purpose} on ${siteNode.name}`,
        batch: this.tree.batch,
        access: this.readableBy(row.keyReader ?? unitRow(component).user),
      });
      this.certificatesById.set(row.id, certificate);
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
      ...(row.component && {
        access: this.readableBy(unitRow(row.component).user),
      }),
    });
  }

  protected addKubeletFiles(): void {
    const files = kubeletFiles(this.site, this.siteNode, UNIT_QUOTE);
    this.addConfiguration("kubelet", files);
    if (this.site.runtime.kind !== "systemd") return;
    this.addUnit("kubelet", kubeletUnit);
    // This file replaces the drop-in of the same name from a kubelet package, which would override the unit.
    this.addConfiguration("kubelet", [
      {
        path: KUBELET_FILES.dropIn,
        mode: kubeletFileMode(this.site),
        content: NO_DROP_IN,
      },
    ]);
  }

  /** Adds configuration files of a component, whose content the plan shows. */
  protected addConfiguration(
    component: UnitId,
    files: readonly RenderedFile[],
  ): void {
    for (const { path, mode, content, flags = [] } of files) {
      const condition = haveNoControls(flags);
      this.tree.text(this, posix.parse(path).name, {
        path,
        mode,
        text:
          typeof content === "string"
            ? textTemplate(content)
            : yamlTemplate(content, toYaml),
        purpose: `configuration of ${component}`,
        precondition: condition && {
          condition,
          errorMessage: controlCharacterAtApply(this.siteNode.name),
        },
      });
    }
  }

  /** Adds the unit of a component, if it runs as a unit, and the unit that creates the log directory. */
  protected addUnit(
    component: UnitId,
    render: (context: UnitContext) => UnitText,
  ): void {
    const { site, siteNode: node, tree } = this;
    const runtime = runtimeOf(site, component);
    if (runtime.kind !== "systemd") return;
    const unit = render({ site, node, runtime, quote: UNIT_QUOTE });
    this.addUnitFile(this, component, unit);
    const { logDirectory } = runtime;
    if (logDirectory === undefined || tree.node.tryFindChild(LOGS_UNIT)) return;
    const logs = new Construct(tree, LOGS_UNIT);
    this.addUnitFile(logs, LOGS_UNIT, logsUnit(logDirectory));
  }

  private addUnitFile(scope: Construct, id: string, unit: UnitText): void {
    this.tree.text(scope, "unit", {
      path: unitPath(id),
      mode: id === "kubelet" ? kubeletFileMode(this.site) : MODES.public,
      text: textTemplate(unitFile(unit)),
      purpose: `unit of ${id}`,
    });
  }

  /** Mode and owner of a file that a component reads. With static pods, only root reads it. */
  protected readableBy(reader: UnitUser = "root"): FileAccess {
    const { site } = this;
    const runtime = reader === "etcd" ? etcdRuntime(site) : site.runtime;
    return runtime.kind === "systemd"
      ? readableBy(unitUser(runtime, reader))
      : PRIVATE;
  }

  /** Copies a CA to the node: its certificate and, if `withKey` is set and the store has it, its key. */
  protected addAuthority(id: AuthorityId, withKey: boolean): void {
    const row = authority(id);
    const { artefact, hasKey, chain } = this.authority(id);
    const files = authorityFiles(
      certificatePath(this.site, row.path),
      withKey && hasKey,
      this.readableBy(row.keyReader),
    );
    this.tree.copy(artefact, id, files, row.purpose);
    if (id !== "ca") return;
    if (chain === "trusted" && withKey && hasKey)
      this.addAuthorityPart("issuer", artefact);
    if (chain === "kept" && endpointOn(this.site, this.siteNode))
      this.addAuthorityPart("chain", artefact);
  }

  private addAuthorityPart(part: AuthorityPart, artefact: Artefact): void {
    const file = AUTHORITY_PARTS[part];
    this.tree.copy(
      artefact,
      file.replace(/\.crt$/, ""),
      [{ path: certificatePath(this.site, file), mode: MODES.public }],
      `${part} of the ${authority("ca").purpose}`,
      part,
    );
  }

  private authority(id: AuthorityId): ICertificateAuthority {
    const { authorities, store } = this.context;
    const found = authorities[id];
    if (!found) throw authorityMissing(this.node.id, id);
    requireStore(found, store);
    return found;
  }

  private lifetime() {
    return {
      keyAlgorithm: KeyAlgorithm.of(this.site.keyAlgorithm),
      validity: Duration.hours(this.site.certificateValidity),
      renewBefore: this.context.renewBefore,
    };
  }
}
