import { counted } from "../../base/counted";
import type { ContainerdNeed } from "../../catalog/skew";
import type { Found } from "../preflight/errors";

/** A finding before an upgrade: what it is about, and whether the upgrade may begin. */
export interface UpgradeFinding extends Found {
  /** A node, a member of etcd, or an object of the cluster. */
  readonly about: string;
}

type Severity = UpgradeFinding["severity"];

const finding =
  (severity: Severity) =>
  (about: string, problem: string, remedy: string): UpgradeFinding => ({
    about,
    severity,
    problem,
    remedy,
  });

const error = finding("error");
const warning = finding("warning");

export const wrongPath = (
  program: string,
  { problem, remedy }: { readonly problem: string; readonly remedy: string },
) => error(program, problem, remedy);

export const unknownMinor = (wanted: string, known: readonly number[]) =>
  error(
    "Kubernetes",
    `This version of the library does not know Kubernetes ${wanted}: it knows 1.${known[0]} to 1.${known.at(-1)}.`,
    "Choose one of these, or update cdktf-control-plane first.",
  );

export const notAsked = (about: string, reason: string) =>
  error(
    about,
    `This could not be asked: ${reason.replace(/\.$/, "")}.`,
    "Find out more with `cdktf-control-plane check`, and repair what it names first.",
  );

export const hostDown = (node: string, reason: string) =>
  error(
    node,
    `Its host is not reached: ${reason.replace(/\.$/, "")}.`,
    "An upgrade with a node down would leave that node behind: repair the machine, or remove the node from the program and deploy, before you go on.",
  );

export const workerDown = (node: string, reason: string) =>
  warning(
    node,
    `Its host is not reached: ${reason.replace(/\.$/, "")}.`,
    "The control plane can be upgraded without this worker, and the rollout of its pool follows when it is back.",
  );

export const apiServerDown = (node: string, reason: string) =>
  error(
    node,
    `Its API server does not answer: ${reason.replace(/\.$/, "")}.`,
    "Deploy the present version first, which starts it, or find the cause in its log (/var/log/pods on the node).",
  );

export const notReady = (
  node: string,
  reason: string | undefined,
  severity: Severity,
) =>
  finding(severity)(
    node,
    `It is not Ready${reason === undefined ? "" : `: ${reason.replace(/\.$/, "")}`}.`,
    `Find the cause: kubectl describe node ${node}. If its machine is gone, delete the node.`,
  );

export const tooOld = (
  about: string,
  program: string,
  version: string,
  wanted: string,
  oldest: string,
) =>
  error(
    about,
    `Its ${program} ${version} is too old for Kubernetes ${wanted}.`,
    `Allowed are ${oldest} and newer, up to the minor of ${wanted}. Upgrade this ${program} first.`,
  );

export const tooNew = (
  about: string,
  program: string,
  version: string,
  wanted: string,
) =>
  error(
    about,
    `Its ${program} ${version} is newer than Kubernetes ${wanted}.`,
    `Allowed are the minor of ${wanted} and the three before it. Install an older ${program}.`,
  );

export const containerdTooOld = (
  node: string,
  version: string,
  minor: number,
  { containerd, lacks }: ContainerdNeed,
  severity: Severity,
) =>
  finding(severity)(
    node,
    `Its containerd ${version} is too old for the kubelet of Kubernetes 1.${minor}: it ${lacks}.`,
    `Install containerd ${containerd.join(".")} or newer before this node's kubelet is upgraded.`,
  );

export const oldCgroups = (node: string, minor: number, severity: Severity) =>
  finding(severity)(
    node,
    `It has version 1 of control groups, with which the kubelet of Kubernetes 1.${minor} does not start.`,
    "Before its kubelet is upgraded, boot it with systemd.unified_cgroup_hierarchy=1, install a newer system, or allow it with kubelet: { config: { failCgroupV1: false } }.",
  );

export const noEviction = (budget: string, pods: number, severity: Severity) =>
  finding(severity)(
    `PodDisruptionBudget ${budget}`,
    `It allows no eviction of its ${pods === 1 ? "pod" : `${pods} pods`} now, so a drain would wait until its time is over.`,
    "Before nodes are drained (kubelets are upgraded then), add a replica, make the missing pods Ready, or relax minAvailable or maxUnavailable.",
  );

export const removedApi = (
  apiVersion: string,
  resource: string,
  removed: string,
  nodes: readonly string[],
) =>
  error(
    `${resource} of ${apiVersion}`,
    `Somebody has asked ${nodes.join(", ")} for this API since the API server there started, and Kubernetes ${removed} no longer has it.`,
    "Find the client in the audit log (annotation k8s.io/deprecated) and change it to a newer version of the API. Then restart the API servers: only a restart resets the metric apiserver_requested_deprecated_apis.",
  );

export const lostStoredVersion = (name: string, lost: readonly string[]) =>
  error(
    `CustomResourceDefinition ${name}`,
    `Objects may be in etcd as ${lost.join(", ")}, which it no longer defines, so an API server could not read them.`,
    "Put that version back into spec.versions with served: false, write all objects anew, and then remove it from status.storedVersions.",
  );

export const oldStoredVersion = (
  name: string,
  old: readonly string[],
  storage: string,
) =>
  warning(
    `CustomResourceDefinition ${name}`,
    `Objects may be in etcd as ${old.join(", ")}, while it stores them as ${storage}.`,
    `Write all objects anew (kubectl get ${name} --all-namespaces --output json | kubectl replace --filename -), then: kubectl patch crd ${name} --subresource status --type merge --patch '{"status":{"storedVersions":["${storage}"]}}'`,
  );

export const memberUnhealthy = (member: string, problem: string) =>
  error(
    member,
    `Its etcd member is not healthy: ${problem.replace(/\.$/, "")}.`,
    "Repair it first, or remove the node and deploy: during an upgrade one more member is down at a time.",
  );

export const memberLearns = (member: string) =>
  error(
    member,
    "Its etcd member is still a learner, which does not vote.",
    "Deploy the present version first, which makes it a voting member.",
  );

export const memberAlarm = (member: string, alarm: string) =>
  error(
    member,
    `Its etcd member has raised the alarm ${alarm}.`,
    alarm === "NOSPACE"
      ? "Run `cdktf-control-plane etcd recover`, or raise quotaBackendBytes and deploy, before you go on."
      : "The data of the members differ: remove the node whose data are wrong, deploy, and add it again.",
  );

export const storageBehind = (
  member: string,
  storage: string,
  version: string,
) =>
  error(
    member,
    `Its etcd member runs ${version}, but its database still has the format of ${storage}: the upgrade of etcd before has not ended.`,
    "It ends when all members run the same minor: see that each is healthy and up to date, and try again.",
  );

export const diskFull = (
  node: string,
  what: string,
  free: number,
  needed: number,
) =>
  error(
    node,
    `Only ${mebibytes(free)} are free where ${what}.`,
    `Free some space: at least ${mebibytes(needed)} are needed.`,
  );

const mebibytes = (bytes: number): string =>
  `${Math.floor(bytes / 1024 / 1024)} MiB`;

export const imagesMissing = (
  node: string,
  images: readonly string[],
  reason: string,
) =>
  error(
    node,
    `It lacks ${images.join(", ")}: ${reason.replace(/\.$/, "")}.`,
    "Check that this release exists and that the machine reaches the registry, or give images.archives that contain the images.",
  );

export const imagesInArchives = (
  node: string,
  images: readonly string[],
  archives: readonly string[],
) =>
  warning(
    node,
    `It lacks ${images.join(", ")}, and gets its images from ${archives.length === 1 ? archives[0] : counted(archives.length, "archive")}.`,
    "Put them into images.archives of the program before the deploy.",
  );

export const removedFlag = (
  node: string,
  component: string,
  flag: string,
  { since, instead }: { readonly since: string; readonly instead: string },
) =>
  error(
    node,
    `Its ${component} runs with --${flag}, which Kubernetes ${since} removed.`,
    `In the program, ${instead}.`,
  );

export const removedGate = (
  node: string,
  component: string,
  gate: string,
  since: number,
  locked: boolean | undefined,
) =>
  error(
    node,
    locked === undefined
      ? `Its ${component} sets the feature gate ${gate}, which Kubernetes 1.${since} removed.`
      : `Its ${component} sets the feature gate ${gate} to ${!locked}, but Kubernetes 1.${since} locked it to ${locked}.`,
    "Remove it from the program: the component would not start.",
  );
