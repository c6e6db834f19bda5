import { Construct } from "constructs";
import { ETCD } from "../../catalog/components";
import { etcdNodes, hasEtcdTls, isDedicated } from "../../catalog/etcd";
import type { Certificate } from "../pki/certificate";
import { NodeComponent, type NodeComponentProps } from "./node-component";
import { siteAuthorities, siteOf } from "../site/site";

/**
 * The etcd of a control plane: a member on each of its nodes, or on hosts of etcd's own, all of which know each other
 * from the start.
 */
export class EtcdCluster extends Construct {
  private readonly members = new Map<string, EtcdMember>();

  constructor(
    scope: Construct,
    id: string,
    props: Omit<NodeComponentProps, "node">,
  ) {
    super(scope, id);
    const { cluster, authorities } = props;
    const site = siteOf(cluster, siteAuthorities(authorities.ca));
    for (const { name } of etcdNodes(site)) {
      this.members.set(
        name,
        new EtcdMember(this, name, { ...props, node: name }),
      );
    }
  }

  /** The construct of a member, below which its parts are. @internal */
  memberOf(node: string): Construct | undefined {
    return this.members.get(node);
  }

  /** A member's certificates: `etcd-server`, `etcd-peer`, `etcd-healthcheck-client`. */
  certificatesOf(node: string): ReadonlyMap<string, Certificate> {
    return this.members.get(node)?.certificates ?? new Map();
  }
}

/** @see https://etcd.io/docs/v3.6/op-guide/clustering/ */
class EtcdMember extends NodeComponent {
  constructor(scope: Construct, id: string, props: NodeComponentProps) {
    super(scope, id, props, etcdNodes);
    // Nobody signs on a host of etcd's own; control-plane nodes have the key as kubeadm has it.
    if (hasEtcdTls(this.site))
      this.addAuthority("etcd-ca", !isDedicated(this.site));
    this.addCertificates("etcd");
    this.addComponent(ETCD);
    const machines = props.cluster.etcd?.machines ?? [];
    const own = machines.find(({ name }) => name === props.node);
    this.addFiles(own?.files ?? [], [ETCD]);
  }
}
