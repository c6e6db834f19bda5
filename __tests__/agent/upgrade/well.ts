import {
  type UpgradeFinding,
  upgradeFindings,
} from "../../../lib/agent/upgrade/findings";
import type {
  SeenCluster,
  SeenHost,
  SeenMember,
  SeenNode,
  SeenSetting,
} from "../../../lib/agent/upgrade/seen";

export const NODE: SeenNode = {
  name: "cp-1",
  isControlPlane: true,
  isReady: true,
  kubelet: "v1.36.3",
  runtime: "containerd://2.1.4",
};
export const MEMBER: SeenMember = {
  name: "cp-1",
  isLearner: false,
  version: "3.6.11",
  storageVersion: "3.6.0",
  alarms: [],
};
export const HOST: SeenHost = {
  node: "cp-1",
  isWorker: false,
  cgroups: 2,
  allowsCgroups1: false,
  bringsKubelet: false,
  etcdFree: 1e11,
  imagesFree: 1e11,
  missingImages: [],
  archives: [],
};
/** A cluster against whose upgrade nothing speaks. */
export const WELL: SeenCluster = {
  apiServers: [{ node: "cp-1", release: "v1.36.3" }],
  members: [MEMBER],
  nodes: [NODE],
  proxies: [
    { pod: "kube-system/kube-proxy-1", node: "cp-1", version: "v1.36.3" },
  ],
  budgets: [{ name: "default/web", allowed: 1, pods: 2 }],
  requests: [],
  definitions: [
    { name: "w.example.org", versions: ["v1"], storage: "v1", stored: ["v1"] },
  ],
  hosts: [HOST],
  settings: [],
  unasked: [],
};

export const TO = { kubernetes: "v1.37.1", etcd: "3.7.0" };
export const found = (
  change: Partial<SeenCluster>,
  upgrade: Parameters<typeof upgradeFindings>[1] = TO,
): UpgradeFinding[] => upgradeFindings({ ...WELL, ...change }, upgrade);
export const shown = (findings: readonly UpgradeFinding[]): string[] =>
  findings.map(
    ({ about, severity, problem }) => `${severity}: ${about}: ${problem}`,
  );

export const node = (change: Partial<SeenNode>) => ({
  nodes: [{ ...NODE, ...change }],
});
export const worker = (change: Partial<SeenNode>) =>
  node({ name: "w-1", isControlPlane: false, ...change });
export const member = (change: Partial<SeenMember>) => ({
  members: [{ ...MEMBER, ...change }],
});
export const host = (change: Partial<SeenHost>) => ({
  hosts: [{ ...HOST, ...change }],
});
export const setting = (
  component: SeenSetting["component"],
  flag: string,
  value: string,
) => ({ settings: [{ node: "cp-1", component, flag, value }] });
export const asked = (removed?: string) => ({
  requests: ["cp-1", "cp-2"].map((each) => ({
    node: each,
    apiVersion: "networking.k8s.io/v1beta1",
    resource: "ipaddresses",
    removed,
  })),
});
