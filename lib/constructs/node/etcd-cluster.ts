import { Construct } from "constructs";
import { ETCD } from "../../catalog/components";
import { etcdNodes, hasEtcdTls, isDedicated } from "../../catalog/etcd";
import type { Certificate } from "../pki/certificate";
import { addBackup } from "./backup-files";
import {
  NodeComponent,
  type NodeComponentProps,
  siteOfComponents,
} from "./node-component";

/**
 * The etcd cluster of a control plane, with a member on each of its nodes or on dedicated hosts. All members know each
 * other from the start.
 */
export class EtcdCluster extends Construct {
  private readonly members = new Map<string, EtcdMember>();

  constructor(
    scope: Construct,
    id: string,
    props: Omit<NodeComponentProps, "node">,
  ) {
    super(scope, id);
    const site = siteOfComponents(props);
    for (const { name } of etcdNodes(site)) {
      this.members.set(
        name,
        new EtcdMember(this, name, { ...props, site, node: name }),
      );
    }
  }

  /** Returns the construct of a member, which contains the member's parts. @internal */
  memberOf(node: string): Construct | undefined {
    return this.members.get(node);
  }

  /** Returns a member's certificates: `etcd-server`, `etcd-peer`, `etcd-healthcheck-client`. */
  certificatesOf(node: string): ReadonlyMap<string, Certificate> {
    return this.members.get(node)?.certificates ?? new Map();
  }
}

/** @see https://etcd.io/docs/v3.6/op-guide/clustering/ */
class EtcdMember extends NodeComponent {
  constructor(scope: Construct, id: string, props: NodeComponentProps) {
    super(scope, id, props, etcdNodes);
    // Dedicated etcd hosts sign nothing, so they don't get the key. Control-plane nodes get it, as with kubeadm.
    if (hasEtcdTls(this.site))
      this.addAuthority("etcd-ca", !isDedicated(this.site));
    this.addCertificates("etcd");
    this.addComponent(ETCD);
    addBackup(this, this.tree, this.site, this.siteNode);
    // On a control-plane node, ControlPlaneNode adds the user's files.
    if (isDedicated(this.site)) this.addFiles([ETCD]);
  }
}
