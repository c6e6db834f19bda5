import type { Construct } from "constructs";
import { KUBE_APISERVER } from "../../catalog/components";
import { hasEtcdTls, isDedicated } from "../../catalog/etcd";
import { NodeComponent, type NodeComponentProps } from "./node-component";

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
    this.addComponent(KUBE_APISERVER);
  }
}
