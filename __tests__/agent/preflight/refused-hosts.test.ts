import { HostError } from "../../../lib/agent/hosts/errors";
import { candidate, down, LIVE, READY, refuses } from "./facts-of";

const { kubelet } = READY;
const changedKey = new HostError(
  "host-key",
  "cp-1",
  "cp-1 (10.0.0.11) shows another host key than the one that was accepted before.",
  "Give it a new machineId.",
);

refuses([
  ["the host does not answer", candidate(down), "10.0.0.11 cannot be reached"],
  ["a new node of a running cluster is down", candidate(down), "refused", LIVE],
  [
    "a node of a running cluster shows another host key",
    candidate(changedKey, { delivered: true }),
    "10.0.0.11 shows another host key",
    LIVE,
  ],
  [
    "another machine than the node's answers",
    candidate({}, { node: { machineId: "f".repeat(32) } }),
    "has the machine id 0f3c8a8f3b0f4f0c9d1c2b3a4e5f6071, not ffff",
  ],
  [
    "a machine that should have an id has none",
    candidate({ machineId: undefined }, { node: { machineId: "abc" } }),
    "has the machine id none, not abc",
  ],
  ["the clock is behind", candidate({ clockOffset: -61 }), "61 s behind"],
  ["the clock is ahead", candidate({ clockOffset: 7200 }), "7200 s ahead of"],
  [
    "systemd does not run",
    candidate({ systemd: false, kubelet: { ...kubelet, unit: undefined } }),
    "does not run systemd",
  ],
  [
    "there is no kubelet",
    candidate({
      kubelet: { unit: "not-found", enabled: false, active: false },
    }),
    "There is no kubelet.",
  ],
  [
    "a foreign unit has the same name",
    candidate({}, { foreign: ["/etc/systemd/system/etcd.service"] }),
    "mv /etc/systemd/system/etcd.service /etc/systemd/system/etcd.service.before",
  ],
  [
    "a foreign program has the same path",
    candidate({}, { foreign: ["/usr/local/bin/kubectl"] }),
    "It has a foreign /usr/local/bin/kubectl",
  ],
  [
    "kubelet has no unit",
    candidate({ kubelet: { ...kubelet, unit: "not-found" } }),
    "It has /usr/bin/kubelet, but systemd has no unit",
  ],
  [
    "kubelet is not at the path that its unit starts",
    candidate({ kubelet: { ...kubelet, path: "/opt/bin/kubelet" } }),
    "Its kubelet is /opt/bin/kubelet, but its unit starts /usr/bin/kubelet.",
  ],
  [
    "kubelet is masked",
    candidate({ kubelet: { ...kubelet, unit: "masked" } }),
    "kubelet.service is masked",
  ],
  [
    "kubelet is a program for another processor",
    candidate({
      kubelet: { ...kubelet, version: undefined, failure: "Exec format error" },
    }),
    'prints no version, but "Exec format error"',
  ],
  [
    "users other than root can change the kubelet that root would run",
    candidate({
      kubelet: {
        ...kubelet,
        version: undefined,
        flaw: {
          path: "/usr/bin/kubelet",
          problem: "/usr/bin/kubelet has mode 0777",
          remedy: "Run: chmod go-w /usr/bin/kubelet",
        },
      },
    }),
    "/usr/bin/kubelet has mode 0777, on the way to /usr/bin/kubelet: a user other than root could redirect what root does there. Run: chmod go-w /usr/bin/kubelet.",
  ],
  [
    "kubelet is newer than the cluster",
    candidate({ kubelet: { ...kubelet, version: "v1.37.0" } }),
    "kubelet v1.37.0 is newer than Kubernetes v1.36.3",
  ],
  [
    "kubelet is four minors older",
    candidate({ kubelet: { ...kubelet, version: "v1.32.9" } }),
    "kubelet v1.32.9 is too old for Kubernetes v1.36.3",
  ],
  [
    "kubelet refuses swap",
    candidate({ swap: ["/dev/sda2", "/swapfile"] }),
    "uses /dev/sda2, /swapfile as swap",
  ],
  [
    "kubelet refuses control groups of version 1",
    candidate({ cgroups: 1 }),
    "version 1 of control groups",
  ],
]);
