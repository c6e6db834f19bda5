import type { Construct } from "constructs";
import { KUBE_SCHEDULER } from "../../catalog/components";
import { kubeconfigRow } from "../../catalog/kubeconfigs";
import type { Kubeconfig } from "../pki/kubeconfig";
import { NodeComponent, type NodeComponentProps } from "./node-component";

/**
 * The scheduler of one node: its kubeconfig and its static pod or unit.
 * @see https://kubernetes.io/docs/reference/command-line-tools-reference/kube-scheduler/
 */
export class KubeScheduler extends NodeComponent {
  /** The kubeconfig with which it connects to the API server of its node. */
  readonly kubeconfig: Kubeconfig;

  constructor(scope: Construct, id: string, props: NodeComponentProps) {
    super(scope, id, props);
    this.kubeconfig = this.addKubeconfig(kubeconfigRow("scheduler"));
    this.addComponent(KUBE_SCHEDULER);
  }
}
