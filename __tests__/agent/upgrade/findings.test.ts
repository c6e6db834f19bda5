import { upgradeFindings } from "../../../lib/agent/upgrade/findings";
import type { SeenCluster } from "../../../lib/agent/upgrade/seen";
import {
  asked,
  found,
  host,
  member,
  node,
  setting,
  shown,
  TO,
  WELL,
  worker,
} from "./well";

test.each<[string, Partial<SeenCluster>, string]>([
  [
    "a jump of minors",
    { apiServers: [{ node: "cp-1", release: "v1.35.4" }] },
    "error: Kubernetes: Kubernetes goes forward one minor at a time, so v1.37.1 is too far ahead: cp-1 runs v1.35.4.",
  ],
  [
    "etcd before its bridge",
    member({ version: "3.6.8" }),
    "error: etcd: etcd 3.7.0 can only follow 3.6.11 or a later 3.6: cp-1 runs 3.6.8. Members of an earlier 3.6 may not work together with those of 3.7. See https://etcd.io/docs/v3.7/upgrades/upgrade_3_7/.",
  ],
  [
    "an API server that does not answer",
    {
      apiServers: [
        ...WELL.apiServers,
        { node: "cp-2", problem: "it is not ready" },
      ],
    },
    "error: cp-2: Its API server does not answer: it is not ready.",
  ],
  [
    "a member that is down",
    member({ problem: "connect ECONNREFUSED", version: undefined }),
    "error: cp-1: Its etcd member is not healthy: connect ECONNREFUSED.",
  ],
  [
    "a learner",
    member({ isLearner: true }),
    "error: cp-1: Its etcd member is still a learner, which does not vote.",
  ],
  [
    "an alarm, and not the bad health that follows from it",
    member({ alarms: ["NOSPACE"], problem: "ALARM NOSPACE" }),
    "error: cp-1: Its etcd member has raised the alarm NOSPACE.",
  ],
  [
    "a database in the format of the minor before",
    member({ storageVersion: "3.5.0" }),
    "error: cp-1: Its etcd member runs 3.6.11, but its database still has the format of 3.5.0: the upgrade of etcd before has not ended.",
  ],
  [
    "a control-plane node that is not ready",
    node({ isReady: false, reason: "kubelet stopped posting node status." }),
    "error: cp-1: It is not Ready: kubelet stopped posting node status.",
  ],
  [
    "a worker that is not ready, which the control plane does not need",
    worker({ isReady: false }),
    "warning: w-1: It is not Ready.",
  ],
  [
    "a kubelet that is too old, also of a foreign node",
    worker({ kubelet: "v1.33.9" }),
    "error: w-1: Its kubelet v1.33.9 is too old for Kubernetes v1.37.1.",
  ],
  [
    "a kubelet that is newer",
    worker({ kubelet: "v1.38.0" }),
    "error: w-1: Its kubelet v1.38.0 is newer than Kubernetes v1.37.1.",
  ],
  [
    "a kube-proxy that is too old",
    {
      proxies: [{ pod: "kube-system/p-1", node: "w-1", version: "v1.33.0" }],
    },
    "error: w-1 (kube-system/p-1): Its kube-proxy v1.33.0 is too old for Kubernetes v1.37.1.",
  ],
  [
    "a containerd that is too old for kubelets that are upgraded later",
    worker({ runtime: "containerd://1.5.9" }),
    "warning: w-1: Its containerd 1.5.9 is too old for the kubelet of Kubernetes 1.37: it does not support CRI v1, which kubelet needs.",
  ],
  [
    "a containerd that is too old for the kubelet that the deploy brings",
    {
      ...node({ runtime: "containerd://1.5.9" }),
      ...host({ bringsKubelet: true }),
    },
    "error: cp-1: Its containerd 1.5.9 is too old for the kubelet of Kubernetes 1.37: it does not support CRI v1, which kubelet needs.",
  ],
  [
    "version 1 of control groups",
    host({ cgroups: 1 }),
    "warning: cp-1: It has version 1 of control groups, with which the kubelet of Kubernetes 1.37 does not start.",
  ],
  [
    "a host that is down",
    host({ failure: "cp-1 (10.0.0.11) cannot be reached" }),
    "error: cp-1: Its host is not reached: cp-1 (10.0.0.11) cannot be reached.",
  ],
  [
    "a worker's host that is down, without which the control plane can be upgraded",
    host({ isWorker: true, failure: "w-1 (10.0.0.21) cannot be reached" }),
    "warning: cp-1: Its host is not reached: w-1 (10.0.0.21) cannot be reached.",
  ],
  [
    "the user's own kube-proxy as a unit that is too old",
    host({ kubeProxy: "v1.33.9" }),
    "error: cp-1: Its kube-proxy v1.33.9 is too old for Kubernetes v1.37.1.",
  ],
  [
    "a full disk of etcd",
    host({ etcdFree: 100 * 1024 * 1024 }),
    "error: cp-1: Only 100 MiB are free where etcd has its data.",
  ],
  [
    "no room for images",
    host({ imagesFree: 1023.9 * 1024 * 1024 }),
    "error: cp-1: Only 1023 MiB are free where the container runtime keeps images.",
  ],
  [
    "images that cannot be had, once for each reason",
    host({
      missingImages: ["etcd:3.7.0-0", "pause:3.10.2"].map((image) => ({
        image,
        reason: "not found",
      })),
    }),
    "error: cp-1: It lacks etcd:3.7.0-0, pause:3.10.2: not found.",
  ],
  [
    "images that somebody has to put into archives",
    host({
      archives: ["images.tar"],
      missingImages: [{ image: "etcd:3.7.0-0", reason: "not there" }],
    }),
    "warning: cp-1: It lacks etcd:3.7.0-0, and gets its images from images.tar.",
  ],
  [
    "a flag that is removed",
    setting("kube-controller-manager", "concurrent-service-syncs", "2"),
    "error: cp-1: Its kube-controller-manager runs with --concurrent-service-syncs, which Kubernetes 1.37 removed.",
  ],
  [
    "a flag that is removed, once for all nodes that have it",
    {
      settings: Array.from({ length: 12 }, (_, at) => ({
        node: `w-${at}`,
        component: "kube-controller-manager" as const,
        flag: "concurrent-service-syncs",
        value: "2",
      })),
    },
    "error: w-0, w-1, w-2, w-3, w-4, w-5, w-6, w-7 and 4 more: Its kube-controller-manager runs with --concurrent-service-syncs, which Kubernetes 1.37 removed.",
  ],
  [
    "a feature gate that is removed",
    setting(
      "kubelet",
      "feature-gates",
      "AllAlpha=false,SidecarContainers=true",
    ),
    "error: cp-1: Its kubelet sets the feature gate SidecarContainers, which Kubernetes 1.37 removed.",
  ],
  [
    "a feature gate that is locked to the other value",
    setting("kube-proxy", "feature-gates", "NodeSwap=false"),
    "error: cp-1: Its kube-proxy sets the feature gate NodeSwap to false, but Kubernetes 1.34 locked it to true.",
  ],
  [
    "an API that is dropped, once for all API servers that were asked for it",
    asked("1.37"),
    "error: ipaddresses of networking.k8s.io/v1beta1: Somebody has asked cp-1, cp-2 for this API since the API server there started, and Kubernetes 1.37 no longer has it.",
  ],
  [
    "a stored version that is no longer defined",
    {
      definitions: [
        {
          name: "w.example.org",
          versions: ["v1"],
          storage: "v1",
          stored: ["v1beta1", "v1"],
        },
      ],
    },
    "error: CustomResourceDefinition w.example.org: Objects may be in etcd as v1beta1, which it no longer defines, so an API server could not read them.",
  ],
  [
    "an old stored version",
    {
      definitions: [
        {
          name: "w.example.org",
          versions: ["v1beta1", "v1"],
          storage: "v1",
          stored: ["v1beta1", "v1"],
        },
      ],
    },
    "warning: CustomResourceDefinition w.example.org: Objects may be in etcd as v1beta1, while it stores them as v1.",
  ],
  [
    "a budget that allows no eviction, of which a rollout makes none",
    { budgets: [{ name: "default/web", allowed: 0, pods: 3 }] },
    "warning: PodDisruptionBudget default/web: It allows no eviction of its 3 pods now, so a drain would wait until its time is over.",
  ],
])("it finds %s", (_, change, expected) => {
  expect(shown(found(change))).toEqual([expected]);
});

test("a budget that allows no eviction stops an upgrade that drains nodes", () => {
  const cluster = {
    ...WELL,
    budgets: [{ name: "default/web", allowed: 0, pods: 3 }],
    // A kubelet that the deploy brings gets another minor, so its node is drained.
    hosts: WELL.hosts.map((host) => ({ ...host, bringsKubelet: true })),
  };
  expect(upgradeFindings(cluster, TO)).toMatchObject([
    { severity: "error", about: "PodDisruptionBudget default/web" },
  ]);
});

test("the format of etcd's database does not matter to an upgrade that keeps etcd's minor", () => {
  expect(
    found(member({ storageVersion: "3.5.0" }), {
      kubernetes: "v1.36.4",
      etcd: "3.6.12",
    }),
  ).toEqual([]);
});

test("a minor that the library does not know is refused, and not its parts", () => {
  const cluster = {
    apiServers: [{ node: "cp-1", release: "v1.37.1" }],
  };
  expect(shown(found(cluster, { kubernetes: "v1.38.0" }))).toEqual([
    "error: Kubernetes: This version of the library does not know Kubernetes v1.38.0: it knows 1.33 to 1.37.",
  ]);
});

test("all findings are told at once, the errors first, each with the next step", () => {
  const all = found({
    ...worker({ isReady: false, kubelet: "v1.33.9" }),
    ...member({ isLearner: true }),
    ...asked("1.37"),
  });
  expect(all.map(({ severity }) => severity)).toEqual([
    "error",
    "error",
    "error",
    "warning",
  ]);
  expect(all.every(({ remedy }) => /^[A-Z].*[.:')\w]$/s.test(remedy))).toBe(
    true,
  );
});
