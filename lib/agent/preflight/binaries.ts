import * as found from "./errors-binaries";
import type { Found } from "./errors";
import type { BinaryFacts } from "../hosts/binary-facts";
import { isScript, machineOf, runsOn } from "../hosts/elf";
import { kubernetesVersionIn } from "../hosts/said-version";
import { unitOfFile } from "../../catalog/units";

export interface BinaryNeeds {
  readonly kubernetesVersion: string;
  /** As `uname -m` says it. */
  readonly architecture: string;
}

/** Minors of Kubernetes, how many a program may be older than its cluster's. None may be newer. */
interface Skew {
  readonly older: number;
}

/**
 * How far programs may be from the API server, which is of the cluster's own minor.
 * @see https://kubernetes.io/releases/version-skew-policy/
 */
const SKEWS: Readonly<Record<string, Skew>> = {
  "kube-apiserver": { older: 0 },
  "kube-controller-manager": { older: 1 },
  "kube-scheduler": { older: 1 },
  "kube-proxy": { older: 3 },
  kubelet: { older: 3 },
};
const ETCD = "etcd";
/** The first that Kubernetes of today is tested with. */
const OLDEST_ETCD = [3, 5];

export const nameOf = (path: string): string =>
  path.slice(path.lastIndexOf("/") + 1);

/** Whether it is known how a program tells its version, and which are good. */
export const tellsVersion = (path: string): boolean =>
  nameOf(path) === ETCD || nameOf(path) in SKEWS;

/** One at a time: what is missing says nothing of itself. */
export function binaryFindings(
  { path, file, header, executable, said }: BinaryFacts,
  { kubernetesVersion, architecture }: BinaryNeeds,
): Found[] {
  const name = nameOf(path);
  if (header === undefined)
    return [found.binaryMissing(path, name, kubernetesVersion, architecture)];
  const machine = machineOf(header);
  if (machine === undefined && !isScript(header))
    return [found.noProgram(file ?? path)];
  if (machine !== undefined && !runsOn(machine, architecture))
    return [found.otherArchitecture(file ?? path, machine, architecture)];
  if (!executable) return [found.notExecutable(path)];
  if (said === undefined) return [];
  return name === ETCD
    ? etcdFindings(file ?? path, said)
    : skewFindings(file ?? path, name, said, kubernetesVersion);
}

/** What somebody else put where a unit or a program is to be. */
export const foreignFindings = (paths: readonly string[]): Found[] =>
  paths.map((path) => {
    const unit = unitOfFile(path);
    return unit === undefined
      ? found.programOfOthers(path)
      : found.unitOfOthers(path, unit);
  });

function etcdFindings(program: string, said: string): Found[] {
  const version = /^etcd Version: (\d+\.\d+\.\S+)$/m.exec(said)?.[1];
  if (version === undefined) return [found.saysNoVersion(program, said)];
  const [major, minor] = version.split(".").map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_ETCD;
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)
    ? []
    : [found.etcdTooOld(program, version, OLDEST_ETCD.join("."))];
}

function skewFindings(
  program: string,
  name: string,
  said: string,
  kubernetesVersion: string,
): Found[] {
  const version = kubernetesVersionIn(said);
  if (version === undefined) return [found.saysNoVersion(program, said)];
  const wanted = minorOf(kubernetesVersion);
  const minor = minorOf(version);
  const { older } = SKEWS[name];
  if (minor <= wanted && minor >= wanted - older) return [];
  const [first, last] = [`v1.${wanted - older}`, `v1.${wanted}`];
  const allowed = older === 0 ? last : `${first} to ${last}`;
  return [found.versionSkew(program, version, kubernetesVersion, allowed)];
}

/** Of Kubernetes' versions; none where there is no version. */
export const minorOf = (version = ""): number =>
  Number(/^v?1\.(\d+)\./.exec(version)?.[1] ?? NaN);
