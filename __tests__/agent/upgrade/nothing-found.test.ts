import type { SeenCluster } from "../../../lib/agent/upgrade/seen";
import { asked, found, host, member, node, setting } from "./well";

test.each<[string, Partial<SeenCluster>]>([
  ["a cluster that is well", {}],
  ["a kubelet three minors older", node({ kubelet: "v1.34.0" })],
  [
    "a kube-proxy whose image tells no release",
    {
      proxies: [{ pod: "kube-system/p", node: "cp-1" }],
    },
  ],
  [
    "a container runtime that is not containerd",
    node({ runtime: "cri-o://1.20.0" }),
  ],
  [
    "a budget without pods",
    { budgets: [{ name: "a/b", allowed: 0, pods: 0 }] },
  ],
  ["a deprecated API that stays", asked()],
  ["a deprecated API that a later minor drops", asked("1.38")],
  [
    "version 1 of control groups that kubelet accepts",
    host({ cgroups: 1, allowsCgroups1: true }),
  ],
  [
    "an etcd that tells no storage version",
    member({ storageVersion: undefined }),
  ],
  [
    "a flag that the new version has",
    setting("kube-apiserver", "profiling", "false"),
  ],
  [
    "a removed flag that the library itself writes",
    setting("kubelet", "pod-infra-container-image", "pause:3.10"),
  ],
  [
    "a feature gate that the new version has",
    setting("kube-apiserver", "feature-gates", "AllAlpha=false"),
  ],
  [
    "a gate that is set to the value to which it is locked",
    setting("kubelet", "feature-gates", "NodeSwap=true"),
  ],
  [
    "feature gates of etcd, which are others",
    setting("etcd", "feature-gates", "SidecarContainers=true"),
  ],
])("nothing is found about %s", (_, change) => {
  expect(found(change)).toEqual([]);
});
