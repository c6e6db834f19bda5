import type { NodeRequest, RolloutRequest } from "../../../lib/request/request";

/** The request of a rollout of directory nodes. */
export const rolloutRequest = (
  ...names: readonly string[]
): Omit<RolloutRequest, "store" | "stack"> => ({
  action: "rollout",
  clusterName: "demo",
  kubernetesVersion: "1.36.3",
  endpoint: "demo.example:6443",
  adminKubeconfig: "kubeconfigs/admin.conf",
  nodes: names.map((name, at) => nodeRequest(name, `10.0.0.${at + 1}`)),
  pools: {},
  maxUnavailable: 1,
  objects: [],
});

export const nodeRequest = (name: string, address: string): NodeRequest => ({
  name,
  address,
  access: { kind: "directory" },
  components: [],
  labels: {},
  taints: [],
  criSocket: "unix:///run/containerd/containerd.sock",
  images: [],
  imageArchives: [],
  port: 6443,
});
