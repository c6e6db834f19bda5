import type { Construct } from "constructs";
import {
  KUBE_APISERVER,
  KUBE_CONTROLLER_MANAGER,
  KUBE_SCHEDULER,
} from "../../catalog/components";
import { hasEtcdTls, isDedicated } from "../../catalog/etcd";
import { kubeconfigRow } from "../../catalog/kubeconfigs";
import { isKubeProxyUnit } from "../../catalog/units";
import {
  KUBE_PROXY_CONFIGURATION,
  kubeProxyUnit,
} from "../../render/component-unit";
import { kubeProxyConfiguration } from "../../render/kube-proxy";
import { MODES } from "../files";
import type { Kubeconfig } from "../pki/kubeconfig";
import { NodeComponent, type NodeComponentProps } from "./node-component";
import { type NodeContext, NodePart } from "./node-part";

/**
 * The API server of one node: its certificates, the CAs that it trusts, and its static pod or unit.
 * @see https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/
 */
export class KubeApiserver extends NodeComponent {
  constructor(scope: Construct, id: string, props: NodeComponentProps) {
    super(scope, id, props);
    this.addAuthorities("ca", "front-proxy-ca");
    if (hasEtcdTls(this.site))
      this.addAuthority("etcd-ca", !isDedicated(this.site));
    this.addServiceAccountKeyPair();
    this.addCertificates("kube-apiserver");
    this.addEncryption();
    this.addComponent(KUBE_APISERVER);
  }
}

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
