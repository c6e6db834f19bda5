import * as found from "./errors-binaries";
import type { Found } from "./errors";
import type { BinaryFacts } from "../hosts/binary-facts";
import { isScript, machineOf, runsOn } from "../hosts/elf";
import { etcdVersionIn, kubernetesVersionIn } from "../hosts/program-version";
import { minorOf, SKEWS } from "../../catalog/skew";
import { unitOfFile } from "../../catalog/units";

export interface BinaryNeeds {
  readonly kubernetesVersion: string;
  /** The output of `uname -m` on the host. */
  readonly architecture: string;
}

const ETCD = "etcd";

/** The oldest version with which current Kubernetes is tested. */
const OLDEST_ETCD = [3, 5];

export const nameOf = (path: string): string =>
  path.slice(path.lastIndexOf("/") + 1);

/** Whether the version of a program can be read and checked. */
export const tellsVersion = (path: string): boolean =>
  nameOf(path) === ETCD || nameOf(path) in SKEWS;

/** The first problem with a binary; later checks make sense only if earlier ones succeed. */
export function binaryFindings(
  { path, file, header, executable, versionOutput: said }: BinaryFacts,
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
    : skewFindings({ path, file }, name, said, kubernetesVersion);
}

/** Foreign units and programs at paths to which the rollout would deliver. */
export const foreignFindings = (paths: readonly string[]): Found[] =>
  paths.map((path) => {
    const unit = unitOfFile(path);
    return unit === undefined
      ? found.foreignProgram(path)
      : found.foreignUnit(path, unit);
  });

function etcdFindings(program: string, said: string): Found[] {
  const version = etcdVersionIn(said);
  if (version === undefined) return [found.saysNoVersion(program, said)];
  const [major, minor] = version.split(".").map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_ETCD;
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)
    ? []
    : [found.etcdTooOld(program, version, OLDEST_ETCD.join("."))];
}

function skewFindings(
  { path, file }: Pick<BinaryFacts, "path" | "file">,
  name: string,
  said: string,
  kubernetesVersion: string,
): Found[] {
  const program = file ?? path;
  const version = kubernetesVersionIn(said);
  if (version === undefined) return [found.saysNoVersion(program, said)];
  const wanted = minorOf(kubernetesVersion);
  const minor = minorOf(version);
  const { older } = SKEWS[name];
  if (minor <= wanted && minor >= wanted - older) {
    // A program that is delivered is meant to be of the version that the program says.
    const isOther =
      file !== undefined &&
      minor === wanted &&
      version !== kubernetesVersion.replace(/^v?/, "v");
    return isOther
      ? [found.otherPatch(program, version, kubernetesVersion)]
      : [];
  }
  const [first, last] = [`v1.${wanted - older}`, `v1.${wanted}`];
  const allowed = older === 0 ? last : `${first} to ${last}`;
  return [found.versionSkew(program, version, kubernetesVersion, allowed)];
}
