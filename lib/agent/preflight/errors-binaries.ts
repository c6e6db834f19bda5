import { error, type Found } from "./errors";

/** The names of architectures in download URLs. */
const DOWNLOADS: Readonly<Record<string, string>> = {
  x86_64: "amd64",
  aarch64: "arm64",
};

const DELIVER =
  "or let the rollout deliver it from this machine, with the binaries of Runtime.systemd";

/** How to install a program. */
function howToInstall(
  name: string,
  kubernetesVersion: string,
  architecture: string,
): string {
  const version = kubernetesVersion.replace(/^v?/, "v");
  const machine = DOWNLOADS[architecture] ?? architecture;
  if (name.startsWith("kube"))
    return `Put it there, from https://dl.k8s.io/${version}/bin/linux/${machine}/${name} for example, ${DELIVER}.`;
  if (name.startsWith("etcd"))
    return `Put it there, from https://github.com/etcd-io/etcd/releases for example, ${DELIVER}.`;
  return `Install the package ${name}, in the machine's user data for example.`;
}

export const binaryMissing = (
  path: string,
  name: string,
  kubernetesVersion: string,
  architecture: string,
) =>
  error(
    `There is no ${path}.`,
    howToInstall(name, kubernetesVersion, architecture),
  );

export const noProgram = (path: string) =>
  error(
    `${path} is not a program for Linux.`,
    "Give the program itself, not the archive that contains it.",
  );

export const otherArchitecture = (
  path: string,
  builtFor: string,
  machine: string,
) =>
  error(
    `${path} is a program for ${builtFor}, but the machine is ${machine}.`,
    `Give the program for ${DOWNLOADS[machine] ?? machine}.`,
  );

export const notExecutable = (path: string) =>
  error(`${path} is not executable.`, `Run: chmod 0755 ${path}`);

export const saysNoVersion = (path: string, said: string) =>
  error(
    `${path} --version prints no version, but ${JSON.stringify(said.trim().split("\n").at(-1)?.slice(0, 200) ?? "")}.`,
    "Give the program of a release.",
  );

export const etcdTooOld = (path: string, version: string, oldest: string) =>
  error(
    `${path} is etcd ${version}, which is too old for current Kubernetes.`,
    `Allowed is ${oldest} and newer.`,
  );

export const versionSkew = (
  path: string,
  version: string,
  kubernetesVersion: string,
  allowed: string,
) =>
  error(
    `${path} has the version ${version}, but the cluster's kubernetesVersion is ${kubernetesVersion}.`,
    `Kubernetes' version skew policy (https://kubernetes.io/releases/version-skew-policy/) allows ${allowed}. Give another program, or change kubernetesVersion.`,
  );

export const foreignUnit = (path: string, unit: string) =>
  error(
    `It has a foreign unit ${unit}: ${path} does not come from this cluster, and would be overwritten.`,
    `Stop it and move it away: systemctl disable --now ${unit}; mv ${path} ${path}.before`,
  );

export const foreignProgram = (path: string) =>
  error(
    `It has a foreign ${path}, which does not come from this cluster and would be overwritten.`,
    `Choose another folder with the binaryDirectory of Runtime.systemd, or move the program away: mv ${path} ${path}.before`,
  );

export const otherPatch = (
  path: string,
  version: string,
  kubernetesVersion: string,
): Found => ({
  severity: "warning",
  problem: `${path} has the version ${version}, but the cluster's kubernetesVersion is ${kubernetesVersion}.`,
  remedy:
    "It works. Give the program of that version, or change kubernetesVersion.",
});
