import { frozen } from "./frozen";

/**
 * The ports of a control-plane node.
 * @see https://kubernetes.io/docs/reference/networking/ports-and-protocols/
 */
export const PORTS = frozen({
  kubeApiserver: 6443,
  etcdClient: 2379,
  etcdPeer: 2380,
  etcdMetrics: 2381,
  kubelet: 10250,
  kubeletHealthz: 10248,
  kubeProxyMetrics: 10249,
  kubeProxyHealthz: 10256,
  kubeControllerManager: 10257,
  kubeScheduler: 10259,
});

export type Ports = Readonly<Record<keyof typeof PORTS, number>>;
