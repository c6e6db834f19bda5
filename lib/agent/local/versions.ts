import { ETCD } from "../../catalog/etcd";
import { etcdVersionOf, type KubernetesVersion } from "../../catalog/versions";
import { runChild } from "../hosts/child";
import { etcdVersionIn, kubernetesVersionIn } from "../hosts/program-version";
import { otherVersions, programsMissing } from "../processes/errors";
import type { ProcessDefinition } from "../processes/record";
import { findProgram, searchedIn } from "../processes/system";

/** A program of this machine, and the version that it prints. */
export interface ProgramVersion {
  readonly name: string;
  readonly path: string;
  /** Absent if it prints none, or does not end. */
  readonly version?: string;
}

/** Milliseconds that a program may take to print its version. A script may start a debugger instead. */
const TIMEOUT = 10_000;

/**
 * Asks the programs for their versions. Throws if one has another minor version than its flags were made for. Returns
 * what else people should know.
 */
export async function checkVersions(
  processes: readonly ProcessDefinition[],
  wanted: KubernetesVersion,
): Promise<string[]> {
  const programs = await Promise.all(processes.map(askVersion));
  const wrong = programs.flatMap((each) => {
    const problem = problemOf(each, wanted);
    return problem === undefined ? [] : [{ name: each.name, problem }];
  });
  if (wrong.length > 0) throw otherVersions(wrong, wanted.text);
  return programs.flatMap((each) => noteOf(each, wanted) ?? []);
}

async function askVersion({
  name,
  command: [word],
  directory,
}: ProcessDefinition): Promise<ProgramVersion> {
  const path = findProgram(word, directory);
  if (path === undefined)
    throw programsMissing([{ name, where: searchedIn(word, directory) }]);
  const said = await runChild([path, "--version"], { timeout: TIMEOUT }).then(
    ({ stdout, stderr }) => `${stdout.toString()}\n${stderr}`,
    // A program that cannot be started has an error of its own when it is started.
    () => "",
  );
  const version =
    name === ETCD.id ? etcdVersionIn(said) : kubernetesVersionIn(said);
  return { name, path, ...(version !== undefined && { version }) };
}

/** Why a program cannot be used: it may not know the flags of this version, or no longer. */
export function problemOf(
  { name, path, version }: ProgramVersion,
  wanted: KubernetesVersion,
): string | undefined {
  const [major, minor] = numbersIn(version);
  // A program that somebody builds without the version prints v0.0.0.
  if (version === undefined || !(major > 0)) return undefined;
  if (name !== ETCD.id)
    return major === 1 && minor === wanted.minor
      ? undefined
      : `${name} is ${version} (${path}), but kubernetesVersion is ${wanted.text}.`;
  const etcd = etcdVersionOf(wanted);
  const [release, oldest] = numbersIn(etcd);
  // etcd removes flags one minor version after it has replaced them.
  return major === release && (minor === oldest || minor === oldest + 1)
    ? undefined
    : `etcd is ${version} (${path}), but Kubernetes ${wanted.text} comes with etcd ${etcd}.`;
}

/** What people should know about a program that is used. */
export function noteOf(
  { name, path, version }: ProgramVersion,
  wanted: KubernetesVersion,
): string | undefined {
  const [major, minor] = numbersIn(version);
  if (version === undefined || !(major > 0))
    return `${name}: ${path} prints ${version === undefined ? "no version" : `the version ${version}`}, so it may be another one than ${name === ETCD.id ? "that of " : ""}Kubernetes ${wanted.text}`;
  if (name !== ETCD.id)
    return version === wanted.text
      ? undefined
      : `${name}: ${path} is ${version}, not ${wanted.text}`;
  const etcd = etcdVersionOf(wanted);
  return minor === numbersIn(etcd)[1]
    ? undefined
    : `etcd: ${path} is ${version}; Kubernetes ${wanted.text} comes with ${etcd}`;
}

const numbersIn = (version = ""): [major: number, minor: number] => {
  const [, major, minor] = /^v?(\d+)\.(\d+)\./.exec(version) ?? [];
  return [Number(major), Number(minor)];
};
