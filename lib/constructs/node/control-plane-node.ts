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

/** Everything on a control-plane node except its etcd member. */
export class ControlPlaneNode extends NodeComponent {
  /** The API server: its static pod or unit, and its certificates. */
  readonly apiServer: KubeApiserver;
  /** The controller manager: its static pod or unit, and its kubeconfig. */
  readonly controllerManager: KubeControllerManager;
  /** The scheduler: its static pod or unit, and its kubeconfig. */
  readonly scheduler: KubeScheduler;
  /** The kubelet: its configuration, serving certificate and kubeconfig. */
  readonly kubelet: Kubelet;
  /** The kube-proxy, if it runs as a unit. */
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
    this.kubeProxy = KubeProxy.createIfUnit(this, this.context);
    for (const row of KUBECONFIGS.filter(({ component }) => !component))
      this.addKubeconfig(row);
    addEndpoint(this, this.tree, this.site, this.siteNode);
    this.addFiles(controlPlaneComponents(this.site));
  }
}
