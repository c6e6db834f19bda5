import type { Construct } from "constructs";
import { KUBECONFIGS } from "../../catalog/kubeconfigs";
import { controlPlaneComponents } from "../../render/static-pod";
import { addEndpoint } from "./endpoint-files";
import { KubeApiserver } from "./kube-apiserver";
import { KubeProxy } from "./kube-proxy";
import { KubeControllerManager } from "./kube-controller-manager";
import { KubeScheduler } from "./kube-scheduler";
import { Kubelet } from "./kubelet";
import { NodeComponent, type NodeComponentProps } from "./node-component";

/** All that one node of a control plane has, but for its etcd member. */
export class ControlPlaneNode extends NodeComponent {
  /** Its API server: static pod or unit, and certificates. */
  readonly apiServer: KubeApiserver;
  /** Its controller manager: static pod or unit, and kubeconfig. */
  readonly controllerManager: KubeControllerManager;
  /** Its scheduler: static pod or unit, and kubeconfig. */
  readonly scheduler: KubeScheduler;
  /** Its kubelet: configuration, serving certificate and kubeconfig. */
  readonly kubelet: Kubelet;
  /** Its kube-proxy, where that is a unit. */
  readonly kubeProxy?: KubeProxy;

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
    this.kubeProxy = KubeProxy.on(this, this.context);
    for (const row of KUBECONFIGS.filter(({ component }) => !component))
      this.addKubeconfig(row);
    addEndpoint(this, this.tree, this.site, this.siteNode);
    this.addFiles(controlPlaneComponents(this.site));
  }
}
