import { programSources } from "../../catalog/program-sources";
import { error, show } from "../errors";

/** Errors about how components run. Each says what was given, what is allowed, and what to do. */

export const invalidUnitUser = (prop: string, given: string) =>
  error(
    `${prop} ${show(given)} is not the name of a user that can run units.`,
    "Allowed is a literal of at most 32 lower case letters, digits, _ and -, with a letter or _ first.",
    'Write "kubernetes" or "root", for example.',
  );

export const hiddenDirectory = (prop: string, given: string) =>
  error(
    `${prop} ${show(given)} is in a directory that is hidden from units.`,
    "Allowed is any path outside /home, /root, /run/user, /tmp and /var/tmp, which the sandbox of units hides.",
    'Write "/usr/local/k8s/bin" or "/var/lib/etcd", for example.',
  );

export const sharedDirectory = (prop: string, given: string) =>
  error(
    `${prop} ${show(given)} is a directory that other programs use, but a directory of its own is needed.`,
    "Allowed is a directory that nothing else on the host uses.",
    `Write ${show(`${given.replace(/\/$/, "")}/kubernetes`)}, for example.`,
  );

export const directoryInLogs = (
  component: string,
  given: string,
  logDirectory: string,
) =>
  error(
    `${component} would write to ${show(given)}, which is in logDirectory ${show(logDirectory)}, where only root may write.`,
    "Allowed is a directory outside logDirectory.",
    `Write ${show(`${logDirectory}-${component}`)}, for example.`,
  );

export const volumesWithoutPods = (group: string, volumes: readonly string[]) =>
  error(
    `${group}.extraVolumes has ${volumes.join(", ")}, but with Runtime.systemd() there are no pods that could mount volumes.`,
    "A unit uses the paths of its host directly.",
    "Omit extraVolumes, and use paths of the host in extraArgs.",
  );

export const invalidVariable = (group: string, name: string) =>
  error(
    `${group}.extraEnvs has ${show(name)}, which systemd does not accept as the name of a variable.`,
    "Allowed are letters, digits and _, with a letter or _ first.",
    'Write { name: "HTTPS_PROXY", value: … }, for example.',
  );

export const variableFromPod = (group: string, name: string) =>
  error(
    `${group}.extraEnvs has ${name} with valueFrom, but with Runtime.systemd() there is no pod to take the value from.`,
    "Allowed is a literal value or a token in value.",
    `Write { name: ${show(name)}, value: … }.`,
  );

export const etcdWithoutSystemd = () =>
  error(
    "Etcd.dedicated() has a runtime other than Runtime.systemd().",
    "Allowed is only Runtime.systemd(), because a dedicated etcd host has no kubelet to run pods.",
    "Write runtime: Runtime.systemd(), or omit it.",
  );

export const noEtcdNodes = () =>
  error(
    "Etcd.dedicated() has no nodes.",
    "At least one host is required; three tolerate the loss of one.",
    'Write nodes: [{ name: "etcd-1", address: "10.0.0.21", access: … }], or use Etcd.stacked().',
  );

export const allEtcdNodesRetired = () =>
  error(
    "All nodes of etcd have retire: true.",
    "At least one of them must stay, because they hold the data of the cluster.",
    "Omit retire for one of them; to remove the cluster, destroy it.",
  );

export const invalidEtcdVersion = (given: string) =>
  error(
    `The version ${show(given)} of etcd is not a release.`,
    "Allowed is a release of etcd 3 as a literal, such as 3.6.8, with or without a leading v.",
    "Write the version that `etcd --version` prints, or omit it.",
  );

export const binariesMissing = (
  directory: string,
  names: readonly string[],
  version: string | undefined,
) =>
  error(
    `binaries ${show(directory)} has no ${names.join(", ")}.`,
    "Allowed is a directory on this machine, absolute or relative to the working directory, that has every binary of the nodes.",
    [
      "Correct the path, leave binaries out if they are on the hosts already, or get what is missing, for the architecture of the hosts:",
      ...programSources(names, version, "amd64"),
    ].join("\n"),
  );
