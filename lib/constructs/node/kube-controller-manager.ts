import type { Construct } from "constructs";
import { KUBE_CONTROLLER_MANAGER } from "../../catalog/components";
import { kubeconfigRow } from "../../catalog/kubeconfigs";
import type { Kubeconfig } from "../pki/kubeconfig";
import { NodeComponent, type NodeComponentProps } from "./node-component";

/**
 * The controller manager of one node: its kubeconfig, the keys that it signs with, and its static pod or unit.
 * @see https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/
 */
export class KubeControllerManager extends NodeComponent {
  /** The kubeconfig with which it connects to the API server of its node. */
  readonly kubeconfig: Kubeconfig;

  constructor(scope: Construct, id: string, props: NodeComponentProps) {
    super(scope, id, props);
    this.addAuthorities("ca", "front-proxy-ca");
    this.addServiceAccountKeyPair();
    this.kubeconfig = this.addKubeconfig(kubeconfigRow("controller-manager"));
    this.addComponent(KUBE_CONTROLLER_MANAGER);
  }
}
