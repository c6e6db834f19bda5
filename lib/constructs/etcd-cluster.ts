import { Construct } from "constructs";
import { ETCD } from "../catalog/components";
import type { Certificate } from "./certificate";
import { NodeComponent, type NodeComponentProps } from "./node-component";

/** The etcd of a control plane: a member on each of its nodes, all of which know each other from the start. */
export class EtcdCluster extends Construct {
  private readonly members = new Map<string, EtcdMember>();

  constructor(
    scope: Construct,
    id: string,
    props: Omit<NodeComponentProps, "node">,
  ) {
    super(scope, id);
    for (const { name } of props.cluster.nodes) {
      this.members.set(
        name,
        new EtcdMember(this, name, { ...props, node: name }),
      );
    }
  }

  /** A member's certificates: `etcd-server`, `etcd-peer`, `etcd-healthcheck-client`. */
  certificatesOf(node: string): ReadonlyMap<string, Certificate> {
    return this.members.get(node)?.certificates ?? new Map();
  }
}

/** @see https://etcd.io/docs/v3.6/op-guide/clustering/ */
class EtcdMember extends NodeComponent {
  constructor(scope: Construct, id: string, props: NodeComponentProps) {
    super(scope, id, props);
    this.addAuthorities("etcd-ca");
    this.addCertificates("etcd");
    this.addComponent(ETCD);
  }
}
