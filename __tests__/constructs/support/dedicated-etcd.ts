import {
  type ControlPlaneProps,
  type DedicatedEtcdProps,
  Etcd,
  NodeAccess,
} from "../../../lib";
import { cluster, host } from "../../support/cluster";
import type { Program } from "../../support/terraform";

export const etcdNode = (number: number, props: object = {}) => ({
  name: `etcd-${number}`,
  address: `10.0.0.3${number}`,
  access: NodeAccess.ssh({ host: `10.0.0.3${number}` }),
  ...props,
});
export const THREE = [etcdNode(1), etcdNode(2), etcdNode(3)];

export const props = (
  etcd: Partial<DedicatedEtcdProps> = {},
  more: Partial<ControlPlaneProps> = {},
): Partial<ControlPlaneProps> => ({
  nodes: [host(1), host(2)],
  etcd: Etcd.dedicated({ nodes: THREE, ...etcd }),
  ...more,
});
export const program = (...given: Parameters<typeof props>): Program =>
  cluster(props(...given));
