import { AgentError } from "../../base/errors";
import type { Listener } from "../hosts/listeners";
import { visibleLines } from "../../base/visible";

/** What stands in the way of a rollout, or may go wrong in it. One factory for each below. */
export interface Finding {
  readonly node: string;
  readonly severity: "error" | "warning";
  /** One sentence. */
  readonly problem: string;
  /** What to do, in as many sentences as it takes. */
  readonly remedy: string;
}

/** What is found on a node, before it is said which one. */
export type Found = Omit<Finding, "node">;

const error = (problem: string, remedy: string): Found => ({
  severity: "error",
  problem,
  remedy,
});

/** All that stands in the way, at once: whoever mends one thing must not learn of the next by another try. */
export function preflightError(findings: readonly Finding[]): AgentError {
  const problems = grouped(findings, "error");
  const count =
    problems.length === 1
      ? "1 thing stands"
      : `${problems.length} things stand`;
  return new AgentError(
    [
      `${count} in the way of the rollout, so it has not begun: no node was changed.`,
      ...problems.map(({ nodes, problem, remedy }) =>
        `- ${nodes}: ${problem}\n${remedy}`.replace(/\n/g, "\n  "),
      ),
    ].join("\n"),
  );
}

/** For the log of a rollout that goes on. */
export const preflightWarnings = (findings: readonly Finding[]): string[] =>
  grouped(findings, "warning").map(
    ({ nodes, problem, remedy }) => `${nodes}: warning: ${problem} ${remedy}`,
  );

/** Sorted by node; what is the same on several nodes, `cp-1, cp-2`, is said once. */
function grouped(
  findings: readonly Finding[],
  severity: Finding["severity"],
): { nodes: string; problem: string; remedy: string }[] {
  const order = new Intl.Collator("en", { numeric: true }).compare;
  const groups = new Map<string, { nodes: Set<string>; found: Finding }>();
  for (const found of findings.filter((each) => each.severity === severity)) {
    const text = `${found.problem}\n${found.remedy}`;
    const group = groups.get(text) ?? { nodes: new Set(), found };
    groups.set(text, { ...group, nodes: group.nodes.add(found.node) });
  }
  return [...groups.values()]
    .map(({ nodes, found }) => ({ nodes: [...nodes].sort(order), ...found }))
    .sort((one, other) => order(one.nodes[0], other.nodes[0]))
    .map(({ nodes, problem, remedy }) => ({
      nodes: nodes.join(", "),
      // What another program said ends as it likes.
      problem: visibleLines([`${problem}${/[.:]$/.test(problem) ? "" : "."}`]),
      remedy,
    }));
}

/** The error of the connection says what to do, and names the node itself. */
export function unreachable(node: string, message: string): Found {
  const [problem, ...remedy] = message.split("\n");
  return error(
    problem.startsWith(`${node} (`)
      ? problem.slice(node.length + 2).replace(")", "")
      : problem,
    remedy.join("\n") ||
      "See that the machine runs, and that its access is right.",
  );
}

export const memberDown = (node: string, message: string): Found => ({
  ...unreachable(node, message),
  severity: "warning",
  remedy:
    "The rollout goes on without it: bring the machine back and apply again, or take the node out of the list.",
});

export const sameAddress = (address: string, other: string): Found =>
  error(
    `Its address ${address} is that of ${other}, too.`,
    "Give each node its own.",
  );

export const sameMachine = (machineId: string, other: string): Found =>
  error(
    `It has the machine id of ${other}, ${machineId}: both are one machine, or clones of one image.`,
    "Give each node the access to its own machine. On a clone: rm /etc/machine-id && systemd-machine-id-setup, then reboot.",
  );

export const anotherMachine = (wanted: string, found = "none"): Found =>
  error(
    `The machine that answers has the machine id ${found}, not ${wanted}.`,
    "Correct the node's access; if its machine was reinstalled or replaced, give the new one as machineId.",
  );

export const foreignAddress = (address: string): Found => ({
  severity: "warning",
  problem: `The machine has no interface with the node's address ${address}.`,
  remedy:
    "That is right where a router translates it; otherwise correct address or access.",
});

export const clockOff = (seconds: number): Found =>
  error(
    `Its clock is ${Math.abs(seconds)} s ${seconds > 0 ? "ahead of" : "behind"} this machine's: certificates would be refused, and etcd complains.`,
    "Let both follow a time server (chrony or systemd-timesyncd); allowed is 60 s.",
  );

export const noSystemd = (): Found =>
  error(
    "It does not run systemd, which starts what runs there.",
    "Use a machine that was booted with systemd.",
  );

export const kubeletMissing = (minor: string): Found =>
  error(
    "There is no kubelet.",
    `Install Kubernetes' package kubelet of ${minor}, in the machine's user data for example.`,
  );

export const kubeletUnitMissing = (path: string, minor: string): Found =>
  error(
    `There is ${path}, but systemd has no unit kubelet.service.`,
    `Install Kubernetes' package kubelet of ${minor}, which brings it, or write the unit.`,
  );

export const kubeletElsewhere = (path: string, wanted: string): Found =>
  error(
    `Its kubelet is ${path}, but its unit starts ${wanted}.`,
    `Install Kubernetes' package kubelet, or run: ln -s ${path} ${wanted}`,
  );

export const kubeletMasked = (): Found =>
  error("Its unit kubelet.service is masked.", "Run: systemctl unmask kubelet");

export const kubeletBroken = (path: string, said: string): Found =>
  error(
    `${path} --version says no version: ${JSON.stringify(said)}.`,
    "Install a kubelet for this machine's architecture.",
  );

export const kubeletNewer = (found: string, wanted: string): Found =>
  error(
    `Its kubelet ${found} is newer than Kubernetes ${wanted}.`,
    "Allowed is the same minor and up to three before it. Install an older kubelet, or raise kubernetesVersion.",
  );

export const kubeletOlder = (
  found: string,
  wanted: string,
  oldest: string,
): Found =>
  error(
    `Its kubelet ${found} is too old for Kubernetes ${wanted}.`,
    `Allowed is ${oldest} and newer, up to the minor of ${wanted}. Install a newer kubelet.`,
  );

export const swapOn = (devices: readonly string[]): Found =>
  error(
    `It swaps to ${devices.join(", ")}, and kubelet does not start then.`,
    "Run swapoff -a and take it out of /etc/fstab, or allow it with kubelet: { config: { failSwapOn: false } }.",
  );

export const oldCgroups = (): Found =>
  error(
    "It has version 1 of control groups, with which kubelet does not start from v1.35 on.",
    "Boot it with systemd.unified_cgroup_hierarchy=1 or a newer system, or allow it with kubelet: { config: { failCgroupV1: false } }.",
  );

export const runtimeMissing = (socket: string): Found =>
  error(
    `There is no container runtime: ${socket} is missing, and containerd is not installed.`,
    "Install containerd 1.6 or newer, in the machine's user data for example, or give the runtime's socket as criSocket.",
  );

export const runtimeStopped = (socket: string): Found =>
  error(
    `containerd is installed, but ${socket} is missing.`,
    "Run: systemctl enable --now containerd",
  );

export const runtimeElsewhere = (
  socket: string,
  others: readonly string[],
): Found =>
  error(
    `No container runtime listens at ${socket}, but at ${others.join(" and ")}.`,
    `Give the node criSocket: "unix://${others[0]}".`,
  );

export const runtimeSilent = (socket: string): Found =>
  error(
    `The container runtime does not answer at ${socket}.`,
    "Look why: journalctl -u containerd (or the unit of the runtime that it is).",
  );

export const containerdOld = (found: string): Found =>
  error(
    `Its containerd ${found} is too old: kubelet speaks CRI v1.`,
    "Allowed is 1.6 and newer. Install a newer one.",
  );

export const containerdEnding = (found: string, kubernetes: string): Found => ({
  severity: "warning",
  problem: `Its containerd ${found} does not say its cgroup driver, and ${kubernetes} is the last Kubernetes that goes without.`,
  remedy: "Install containerd 2.0 or newer before the next upgrade.",
});

export const criDisabled = (): Found =>
  error(
    "Its containerd does not speak CRI, kubelet's protocol: the plugin cri is disabled or failed.",
    "Take cri out of disabled_plugins in /etc/containerd/config.toml, where Docker's package puts it, and restart containerd; else look why: journalctl -u containerd",
  );

export const cgroupDrivers = (
  runtime: string,
  kubelet: string,
  severity: Finding["severity"],
): Found => ({
  severity,
  problem: `Its containerd has the cgroup driver ${runtime}, its kubelet ${kubelet}: pods die or never start like that.`,
  remedy: `Set SystemdCgroup = ${kubelet === "systemd"} for runc in /etc/containerd/config.toml and restart containerd, or give kubelet: { config: { cgroupDriver: "${runtime}" } }.`,
});

export const cniPluginsMissing = (
  directory: string,
  missing: readonly string[],
): Found =>
  error(
    `${directory} has no ${missing.join(", ")}, which the routed pod network runs.`,
    `Install the CNI plugins there: package kubernetes-cni, or the plugins' release (Debian's containernetworking-plugins puts them into /usr/lib/cni: link them).`,
  );

export const portsTaken = (
  ports: readonly number[],
  components: readonly string[],
  owner?: Listener["process"],
): Found => {
  const several = ports.length > 1;
  return error(
    `${several ? "Ports" : "Port"} ${ports.join(", ")} of ${components.join(", ")} ${several ? "are" : "is"} taken${owner ? ` by ${owner.name} (process ${owner.pid})` : ""}.`,
    owner &&
      !owner.foreign &&
      components.some((name) => name.startsWith(owner.name))
      ? "Another cluster's part runs there: reset that machine, or use a fresh one."
      : "End what listens there, or give the component another port.",
  );
};

export const diskFull = (
  paths: readonly string[],
  left: string,
  least: string,
): Found =>
  error(
    `The file system of ${paths.join(", ")} has only ${left} left.`,
    `Make room: ${least} are needed at least.`,
  );

export const imageMissing = (
  images: readonly string[],
  reason: string,
): Found =>
  error(
    `It has not got ${images.join(", ")}: ${reason}.`,
    "Let the machine reach the registry, or give archives that hold the images.",
  );
