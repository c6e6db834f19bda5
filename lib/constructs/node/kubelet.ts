import type { Construct } from "constructs";
import { kubeconfigRow } from "../../catalog/kubeconfigs";
import type { Kubeconfig } from "../pki/kubeconfig";
import { NodeComponent, type NodeComponentProps } from "./node-component";

/**
 * The kubelet of one control-plane node: its kubeconfig, serving certificate, configuration and flags.
 * @see https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/kubelet-integration/
 */
export class Kubelet extends NodeComponent {
  /** The kubeconfig with which it connects to the API server of its node. */
  readonly kubeconfig: Kubeconfig;

  constructor(scope: Construct, id: string, props: NodeComponentProps) {
    super(scope, id, props);
    this.addAuthorities("ca");
    this.addCertificates("kubelet");
    this.kubeconfig = this.addKubeconfig(kubeconfigRow("kubelet"));
    this.addKubeletFiles();
  }
}
