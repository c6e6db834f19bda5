import type { Construct } from "constructs";
import { kubeconfigRow, KUBECONFIGS } from "../../catalog/kubeconfigs";
import { controlPlaneComponents } from "../../render/static-pod";
import { addEndpoint } from "./endpoint-files";
import {
  KubeApiserver,
  KubeControllerManager,
  Kubelet,
  KubeProxy,
  KubeScheduler,
} from "./components";
import { NodeComponent, type NodeComponentProps } from "./node-component";
import { addNodeFile } from "./node-file";

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

/** Everything of a local control plane except etcd. It has no kubelet, and no node joins it. @internal */
export class LocalControlPlaneNode extends NodeComponent {
  constructor(scope: Construct, id: string, props: NodeComponentProps) {
    super(scope, id, props);
    const { controllerManager, scheduler } = this.site;
    new KubeApiserver(this, "kube-apiserver", props);
    if (controllerManager.enabled)
      new KubeControllerManager(this, "kube-controller-manager", props);
    if (scheduler.enabled) new KubeScheduler(this, "kube-scheduler", props);
    // The agent uses this kubeconfig to apply objects and to request tokens.
    this.addKubeconfig(kubeconfigRow("super-admin"));
    for (const file of this.context.files) addNodeFile(this, this.tree, file);
  }
}
