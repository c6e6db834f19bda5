import { NodeFailed } from "../health/errors";
import { visibleLines } from "../../base/visible";

const failed = (node: string, ...parts: readonly string[]): NodeFailed =>
  new NodeFailed(node, `${node}: ${visibleLines(parts)}`);

export const unitsNotStarted = (
  node: string,
  units: readonly string[],
  reason: string,
) =>
  failed(
    node,
    `${units.join(", ") || "its units"} cannot be started: ${reason || "systemd does not say why"}`,
    `On the node, \`systemctl status ${units.join(" ")}\` says more.`,
  );

export const unitsNotStopped = (
  node: string,
  units: readonly string[],
  reason: string,
) =>
  failed(
    node,
    `${units.join(", ")} cannot be stopped: ${reason || "systemd does not say why"}`,
    `Stop ${units.length === 1 ? "it" : "them"} on the node (\`systemctl stop ${units.join(" ")}\`) and deploy again.`,
  );

export const usersNotMade = (
  node: string,
  users: readonly string[],
  reason: string,
) =>
  failed(
    node,
    `the users ${users.join(", ")} of its units cannot be created: ${reason || "useradd does not say why"}`,
    "Create them on the node, each with a group of the same name, or name existing users in Runtime.systemd.",
  );

export const podsStillRun = (
  node: string,
  pods: readonly string[],
  reason: string,
) =>
  failed(
    node,
    `${pods.join(", ")} cannot become units, because their static pods do not end: ${reason}`,
    "Make sure that kubelet runs on the node, because kubelet ends them, and deploy again.",
  );

export const dataNotClosed = (
  node: string,
  directory: string,
  reason: string,
) =>
  failed(
    node,
    `the folder of etcd's data cannot be closed to others: ${reason}`,
    `Run on the node: install -d -m 0700 ${directory}`,
  );

export const dataNotGiven = (
  node: string,
  directory: string,
  user: string,
  reason: string,
) =>
  failed(
    node,
    `etcd's data cannot be given to ${user}, the user that runs etcd: ${reason}`,
    `Run on the node: chown -R ${user}: ${directory}`,
  );
