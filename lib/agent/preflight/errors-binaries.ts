import type { Found } from "./errors";

const error = (problem: string, remedy: string): Found => ({
  severity: "error",
  problem,
  remedy,
});

/** As downloads are named. */
const DOWNLOADS: Readonly<Record<string, string>> = {
  x86_64: "amd64",
  aarch64: "arm64",
};

const BROUGHT =
  "or have it brought from this machine: Runtime.systemd's binaries";

/** How people usually get a program. */
function usualPath(
  name: string,
  kubernetesVersion: string,
  architecture: string,
): string {
  const version = kubernetesVersion.replace(/^v?/, "v");
  const machine = DOWNLOADS[architecture] ?? architecture;
  if (name.startsWith("kube"))
    return `Put it there, from https://dl.k8s.io/${version}/bin/linux/${machine}/${name} for example, ${BROUGHT}.`;
  if (name.startsWith("etcd"))
    return `Put it there, from https://github.com/etcd-io/etcd/releases for example, ${BROUGHT}.`;
  return `Install the package ${name}, in the machine's user data for example.`;
}

export const binaryMissing = (
  path: string,
  name: string,
  kubernetesVersion: string,
  architecture: string,
): Found =>
  error(
    `There is no ${path}.`,
    usualPath(name, kubernetesVersion, architecture),
  );

export const noProgram = (path: string): Found =>
  error(
    `${path} is no program for Linux.`,
    "Give the program itself, not the archive that it comes in.",
  );

export const otherArchitecture = (
  path: string,
  its: string,
  machine: string,
): Found =>
  error(
    `${path} is a program for ${its}, and the machine is ${machine}.`,
    `Give the one for ${DOWNLOADS[machine] ?? machine}.`,
  );

export const notExecutable = (path: string): Found =>
  error(`${path} is not executable.`, `Run: chmod 0755 ${path}`);

export const saysNoVersion = (path: string, said: string): Found =>
  error(
    `${path} --version says no version: ${JSON.stringify(said.trim().split("\n").at(-1)?.slice(0, 200) ?? "")}.`,
    "Give a program of a release.",
  );

export const etcdTooOld = (
  path: string,
  version: string,
  oldest: string,
): Found =>
  error(
    `${path} is etcd ${version}, which is too old for Kubernetes of today.`,
    `Allowed is ${oldest} and newer.`,
  );

export const versionSkew = (
  path: string,
  version: string,
  kubernetesVersion: string,
  allowed: string,
): Found =>
  error(
    `${path} is of ${version}, and the cluster's kubernetesVersion is ${kubernetesVersion}.`,
    `By Kubernetes' version skew policy (https://kubernetes.io/releases/version-skew-policy/) allowed is ${allowed}. Give another program, or set kubernetesVersion.`,
  );

export const unitOfOthers = (path: string, unit: string): Found =>
  error(
    `It has a unit ${unit} of somebody else: ${path} was not brought by this cluster, and would be overwritten.`,
    `End it and keep it elsewhere: systemctl disable --now ${unit}; mv ${path} ${path}.before`,
  );

export const programOfOthers = (path: string): Found =>
  error(
    `It has a ${path} of somebody else, which was not brought by this cluster and would be overwritten.`,
    `Choose another place, Runtime.systemd's binaryDirectory, or keep it elsewhere: mv ${path} ${path}.before`,
  );
