import type { Construct } from "constructs";
import { kubeconfigRow } from "../../catalog/kubeconfigs";
import { isKubeProxyUnit } from "../../catalog/units";
import {
  KUBE_PROXY_CONFIGURATION,
  kubeProxyUnit,
} from "../../render/component-unit";
import { kubeProxyConfiguration } from "../../render/kube-proxy";
import { MODES } from "../files";
import type { Kubeconfig } from "../pki/kubeconfig";
import { type NodeContext, NodePart } from "./node-part";

/**
 * The kube-proxy of one node, where it is a unit: kubeconfig and configuration. The host has the programs that it
 * calls, `iptables` or `nft`.
 * @see https://kubernetes.io/docs/reference/command-line-tools-reference/kube-proxy/
 */
export class KubeProxy extends NodePart {
  /** Where the node needs one of its own. @internal */
  static on(scope: Construct, context: NodeContext): KubeProxy | undefined {
    return isKubeProxyUnit(context.site)
      ? new KubeProxy(scope, "kube-proxy", context)
      : undefined;
  }

  /** With it, it talks to the cluster's endpoint. */
  readonly kubeconfig: Kubeconfig;

  private constructor(scope: Construct, id: string, context: NodeContext) {
    super(scope, id, context);
    this.kubeconfig = this.addKubeconfig(kubeconfigRow("kube-proxy"));
    this.addConfiguration("kube-proxy", [
      {
        path: KUBE_PROXY_CONFIGURATION,
        mode: MODES.public,
        content: kubeProxyConfiguration(this.site),
      },
    ]);
    this.addUnit("kube-proxy", kubeProxyUnit);
  }
}
