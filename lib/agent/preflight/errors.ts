import type { ContainerdNeed } from "../../catalog/skew";
import { AgentError } from "../../base/errors";
import type { Listener } from "../hosts/listeners";
import { visibleLines } from "../../base/visible";

/** A problem that prevents a rollout, or a warning. There is a factory function for each below. */
export interface Finding {
  /** The node, or another part of the cluster that it is about. */
  readonly node: string;
  readonly severity: "error" | "warning";
  /** One sentence. */
  readonly problem: string;
  /** What to do, in one or more sentences. */
  readonly remedy: string;
}

/** A finding without the name of its node. */
export type Found = Omit<Finding, "node">;

export const error = (problem: string, remedy: string): Found => ({
  severity: "error",
  problem,
  remedy,
});

/** The error with all problems at once, so that users need not fix one to learn of the next. */
export function preflightError(findings: readonly Finding[]): AgentError {
  const problems = grouped(findings, "error");
  const count =
    problems.length === 1
      ? "1 problem prevents"
      : `${problems.length} problems prevent`;
  return new AgentError(
    [
      `${count} the rollout, so it has not begun: no node was changed.`,
      ...problems.map(({ nodes, problem, remedy }) =>
        `- ${nodes}: ${problem}\n${remedy}`.replace(/\n/g, "\n  "),
      ),
    ].join("\n"),
  );
}

/** The warnings, for the log of a rollout that goes on. */
export const preflightWarnings = (findings: readonly Finding[]): string[] =>
  grouped(findings, "warning").map(
    ({ nodes, problem, remedy }) => `${nodes}: warning: ${problem} ${remedy}`,
  );

/** The findings sorted by node. The same finding on several nodes is listed once, for `cp-1, cp-2`. */
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
      // A problem may end with the output of another program, without a period.
      problem: visibleLines([`${problem}${/[.:]$/.test(problem) ? "" : "."}`]),
      remedy,
    }));
}

/** The finding for a failed connection. The node's name is removed from its message, and its other lines are the remedy. */
export function unreachable(node: string, message: string) {
  const [problem, ...remedy] = message.split("\n");
  return error(
    problem.startsWith(`${node} (`)
      ? problem.slice(node.length + 2).replace(")", "")
      : problem,
    remedy.join("\n") ||
      "Check that the machine runs, and that the node's access is right.",
  );
}

export const memberDown = (node: string, message: string): Found => ({
  ...unreachable(node, message),
  severity: "warning",
  remedy:
    "The rollout goes on without it: repair the machine and apply again, or remove the node from the list.",
});

export const sameAddress = (address: string, other: string) =>
  error(
    `Its address ${address} is that of ${other}, too.`,
    "Give each node an address of its own.",
  );

export const sameMachine = (machineId: string, other: string) =>
  error(
    `It has the same machine id as ${other}, ${machineId}: both are the same machine, or clones of the same image.`,
    "Give each node the access to its own machine. On a clone: rm /etc/machine-id && systemd-machine-id-setup, then reboot.",
  );

export const anotherMachine = (wanted: string, found = "none") =>
  error(
    `The machine that answers has the machine id ${found}, not ${wanted}.`,
    "Correct the node's access. If its machine was reinstalled or replaced, set machineId to the new id.",
  );

export const foreignAddress = (address: string): Found => ({
  severity: "warning",
  problem: `The machine has no interface with the node's address ${address}.`,
  remedy:
    "This is right if a router translates the address; otherwise correct address or access.",
});

export const clockOff = (seconds: number) =>
  error(
    `Its clock is ${Math.abs(seconds)} s ${seconds > 0 ? "ahead of" : "behind"} this machine's: certificates would be refused, and etcd would report errors.`,
    "Synchronize both clocks with a time server (chrony or systemd-timesyncd); a difference of 60 s is allowed.",
  );

export const noSystemd = () =>
  error(
    "It does not run systemd, which starts the node's components.",
    "Use a machine that was booted with systemd.",
  );

export const kubeletMissing = (minor: string) =>
  error(
    "There is no kubelet.",
    `Install Kubernetes' package kubelet of ${minor}, in the machine's user data for example.`,
  );

export const kubeletUnitMissing = (path: string, minor: string) =>
  error(
    `It has ${path}, but systemd has no unit kubelet.service.`,
    `Install Kubernetes' package kubelet of ${minor}, which contains the unit, or write the unit.`,
  );

export const kubeletElsewhere = (path: string, wanted: string) =>
  error(
    `Its kubelet is ${path}, but its unit starts ${wanted}.`,
    `Install Kubernetes' package kubelet, or run: ln -s ${path} ${wanted}`,
  );

export const kubeletMasked = () =>
  error("Its unit kubelet.service is masked.", "Run: systemctl unmask kubelet");

export const kubeletBroken = (path: string, said: string) =>
  error(
    `${path} --version prints no version, but ${JSON.stringify(said)}.`,
    "Install a kubelet for this machine's architecture.",
  );

export const kubeletNewer = (found: string, wanted: string) =>
  error(
    `Its kubelet ${found} is newer than Kubernetes ${wanted}.`,
    "Allowed are the same minor and the three before it. Install an older kubelet, or raise kubernetesVersion.",
  );

export const kubeletOlder = (found: string, wanted: string, oldest: string) =>
  error(
    `Its kubelet ${found} is too old for Kubernetes ${wanted}.`,
    `Allowed are ${oldest} and newer, up to the minor of ${wanted}. Install a newer kubelet.`,
  );

export const swapOn = (devices: readonly string[]) =>
  error(
    `It uses ${devices.join(", ")} as swap, with which kubelet does not start.`,
    "Run swapoff -a and remove the swap from /etc/fstab, or allow swap with kubelet: { config: { failSwapOn: false } }.",
  );

export const oldCgroups = () =>
  error(
    "It has version 1 of control groups, with which kubelet does not start from v1.35 on.",
    "Boot it with systemd.unified_cgroup_hierarchy=1, install a newer system, or allow it with kubelet: { config: { failCgroupV1: false } }.",
  );

export const runtimeMissing = (socket: string) =>
  error(
    `There is no container runtime: ${socket} is missing, and containerd is not installed.`,
    "Install containerd 1.6 or newer, in the machine's user data for example, or give the runtime's socket as criSocket.",
  );

export const runtimeStopped = (socket: string) =>
  error(
    `containerd is installed, but ${socket} is missing.`,
    "Run: systemctl enable --now containerd",
  );

export const runtimeElsewhere = (socket: string, others: readonly string[]) =>
  error(
    `No container runtime listens at ${socket}, but one at ${others.join(" and ")}.`,
    `Give the node criSocket: "unix://${others[0]}".`,
  );

export const runtimeSilent = (socket: string) =>
  error(
    `The container runtime does not answer at ${socket}.`,
    "Find the cause: journalctl -u containerd (or the unit of another runtime).",
  );

export const containerdOld = (
  found: string,
  { containerd, lacks }: ContainerdNeed,
) =>
  error(
    `Its containerd ${found} is too old: it ${lacks}.`,
    `Allowed are ${containerd.join(".")} and newer. Install a newer containerd.`,
  );

export const containerdEnding = (
  found: string,
  kubernetes: string,
  { containerd, lacks }: ContainerdNeed,
): Found => ({
  severity: "warning",
  problem: `Its containerd ${found} ${lacks}, and Kubernetes ${kubernetes} is the last version that works without this.`,
  remedy: `Install containerd ${containerd.join(".")} or newer before the next upgrade.`,
});

export const criDisabled = () =>
  error(
    "Its containerd does not support CRI, kubelet's protocol: the plugin cri is disabled or has failed.",
    "Remove cri from disabled_plugins in /etc/containerd/config.toml, where Docker's package puts it, and restart containerd. Otherwise find the cause: journalctl -u containerd",
  );

export const cgroupDrivers = (
  runtime: string,
  kubelet: string,
  severity: Finding["severity"],
): Found => ({
  severity,
  problem: `Its containerd uses the cgroup driver ${runtime}, its kubelet ${kubelet}: pods would crash or never start.`,
  remedy: `Set SystemdCgroup = ${kubelet === "systemd"} for runc in /etc/containerd/config.toml and restart containerd, or give kubelet: { config: { cgroupDriver: "${runtime}" } }.`,
});

export const cniPluginsMissing = (
  directory: string,
  missing: readonly string[],
) =>
  error(
    `${directory} has no ${missing.join(", ")}, which the routed pod network needs.`,
    `Install the CNI plugins there: the package kubernetes-cni, or the release of the plugins (Debian's containernetworking-plugins puts them into /usr/lib/cni: link them).`,
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
      ? "A component of another cluster runs there: reset that machine, or use a fresh one."
      : "Stop the program that listens there, or give the component another port.",
  );
};

export const diskFull = (
  paths: readonly string[],
  left: string,
  required: string,
) =>
  error(
    `The file system of ${paths.join(", ")} has only ${left} left.`,
    `Free some space: at least ${required} are needed.`,
  );

export const imageMissing = (images: readonly string[], reason: string) =>
  error(
    `It lacks ${images.join(", ")}: ${reason}.`,
    "Let the machine reach the registry, or give archives that contain the images.",
  );

export const redirectablePath = (
  problem: string,
  [path, ...others]: readonly string[],
  remedy: string,
) =>
  error(
    `${problem}, on the way to ${path}${others.length > 0 ? ` and ${others.length} more` : ""}: a user other than root could redirect what root does there.`,
    `${remedy.replace(/\.$/, "")}. Or choose other paths. Allowed are paths whose folders belong to root, are not writable by others, and are not links.`,
  );
