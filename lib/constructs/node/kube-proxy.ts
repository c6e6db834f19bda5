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
 * The kube-proxy of one node, if it runs as a unit: its kubeconfig, configuration and unit. The host must have the
 * programs that kube-proxy calls, `iptables` or `nft`.
 * @see https://kubernetes.io/docs/reference/command-line-tools-reference/kube-proxy/
 */
export class KubeProxy extends NodePart {
  /** Returns a kube-proxy for the node, or nothing if kube-proxy is not a unit in this cluster. @internal */
  static createIfUnit(
    scope: Construct,
    context: NodeContext,
  ): KubeProxy | undefined {
    return isKubeProxyUnit(context.site)
      ? new KubeProxy(scope, "kube-proxy", context)
      : undefined;
  }

  /** The kubeconfig with which it connects to the cluster's endpoint. */
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
