import type { Construct } from "constructs";
import { kubeconfigRow } from "../../catalog/kubeconfigs";
import { KubeApiserver } from "./kube-apiserver";
import { KubeControllerManager } from "./kube-controller-manager";
import { KubeScheduler } from "./kube-scheduler";
import { NodeComponent, type NodeComponentProps } from "./node-component";
import { addNodeFile } from "./node-file";

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
