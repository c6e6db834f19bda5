import { Construct } from "constructs";
import { KUBECONFIGS } from "../catalog/kubeconfigs";
import { Artefact } from "../terraform/artefact";
import { textTemplate, yamlTemplate } from "../terraform/template";
import { toYaml } from "../render/yaml";
import type { NodeFile } from "./cluster-props";
import { fileReference, MODES } from "./files";
import { KubeApiserver } from "./kube-apiserver";
import { KubeControllerManager } from "./kube-controller-manager";
import { KubeScheduler } from "./kube-scheduler";
import { Kubelet } from "./kubelet";
import { NodeComponent, type NodeComponentProps } from "./node-component";

/** All that one node of a control plane has, but for its etcd member. */
export class ControlPlaneNode extends NodeComponent {
  /** Its API server: static pod and certificates. */
  readonly apiServer: KubeApiserver;
  /** Its controller manager: static pod and kubeconfig. */
  readonly controllerManager: KubeControllerManager;
  /** Its scheduler: static pod and kubeconfig. */
  readonly scheduler: KubeScheduler;
  /** Its kubelet: configuration, serving certificate and kubeconfig. */
  readonly kubelet: Kubelet;

  constructor(scope: Construct, id: string, props: NodeComponentProps) {
    super(scope, id, props);
    this.apiServer = new KubeApiserver(this, "kube-apiserver", props);
    this.controllerManager = new KubeControllerManager(
      this,
      "kube-controller-manager",
      props,
    );
    this.scheduler = new KubeScheduler(this, "kube-scheduler", props);
    this.kubelet = new Kubelet(this, "kubelet", props);
    for (const row of KUBECONFIGS.filter(({ component }) => !component))
      this.addKubeconfig(row);
    const own = props.cluster.nodes.find(({ name }) => name === props.node);
    for (const file of own?.files ?? []) this.addFile(file);
  }

  private addFile(file: NodeFile): void {
    const { text, source } = file;
    const [name, ...folders] = `files${file.path}`.split("/").reverse();
    new Artefact(folders.reduceRight(folderIn, this), name, {
      store: this.tree.store,
      batch: this.tree.batch,
      kind: text === undefined ? "file" : "text",
      purpose: `file of yours on ${this.siteNode.name}`,
      files: [
        {
          path: this.tree.path(file.path),
          mode: file.mode ?? MODES.private,
          owner: file.owner,
        },
      ],
      spec:
        text === undefined
          ? yamlTemplate(fileReference(this, source ?? ""), toYaml)
          : textTemplate(text),
    });
  }
}

/** A construct for each folder, so that a file's address in Terraform reads as its path. */
function folderIn(scope: Construct, name: string): Construct {
  const known = scope.node.tryFindChild(name) as Construct | undefined;
  return known ?? new Construct(scope, name);
}
