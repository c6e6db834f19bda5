import { type AgentError, lines } from "../../base/errors";
import { programSources } from "../../catalog/program-sources";

/** An executable that should run on this machine and does not exist. */
export interface MissingProgram {
  /** `etcd` */
  readonly name: string;
  /** Where it was searched, in words: `on the PATH`. */
  readonly where: string;
}

/** @param version of Kubernetes, if it is known */
export const programsMissing = (
  missing: readonly MissingProgram[],
  version?: string,
): AgentError =>
  lines(
    ...missing.map(({ name, where }) => `${name} is not ${where}.`),
    "To get what is missing:",
    ...sourcesOf(missing, version),
    "Put them there, or give their folder as binaryDirectory. Without binaryDirectory they are looked up on the PATH. Nothing was started.",
  );

/** @param wrong the programs of another version, each with a sentence about it */
export const otherVersions = (
  wrong: readonly { readonly name: string; readonly problem: string }[],
  version: string,
): AgentError =>
  lines(
    ...wrong.map(({ problem }) => problem),
    "Allowed are programs of the same minor version, and an etcd that is one minor version newer. To get them:",
    ...sourcesOf(wrong, version),
    "Give their folder as binaryDirectory, or change kubernetesVersion. Nothing was started or stopped.",
  );

function sourcesOf(
  programs: readonly { readonly name: string }[],
  version: string | undefined,
): string[] {
  const names = programs.map(({ name }) => name);
  const architecture = process.arch === "x64" ? "amd64" : process.arch;
  return [
    ...programSources(names, version, architecture),
    ...(names.includes("etcd") || names.includes("kube-apiserver")
      ? [
          "  etcd, kube-apiserver and kubectl together, for macOS too: go run sigs.k8s.io/controller-runtime/tools/setup-envtest@latest use",
        ]
      : []),
  ];
}

export interface TakenPort {
  readonly port: number;
  /** The process that should listen there: `etcd`. */
  readonly name: string;
  /** Absent if the process belongs to another user. */
  readonly owner?: { readonly pid: number; readonly program: string };
}

export const portsTaken = (taken: readonly TakenPort[]): AgentError =>
  lines(
    ...taken.map(({ port, name, owner }) =>
      owner
        ? `Port ${port}, on which ${name} should listen, is used by process ${owner.pid} (${owner.program}).`
        : `Port ${port}, on which ${name} should listen, is used by a process of another user.`,
    ),
    "Stop that process, or give another port in the program: `port`, and for etcd `clientPort`, `peerPort` and `metricsPort`. Nothing was started.",
  );

export const socketTaken = (name: string, path: string): AgentError =>
  lines(
    `The socket ${path}, on which ${name} should listen, is foreign: another process accepts connections there.`,
    "Stop that process, or give another unixSocket. Nothing was started.",
  );

/** The system refuses to run an executable. */
export const notStarted = (
  name: string,
  program: string,
  code: string,
): AgentError =>
  lines(
    `${name} cannot be started: ${program} cannot be run on this machine (${code}).`,
    "The file has to be executable, and built for this operating system and processor.",
  );

export interface FailedProcess {
  readonly name: string;
  /** `exit code 1` or `SIGKILL`. Absent if the process runs, but is not ready. */
  readonly end?: string;
  readonly seconds: number;
  /** The path of its log. */
  readonly path: string;
  /** The last lines of the log. */
  readonly log: readonly string[];
}

export const processFailed = (found: FailedProcess): AgentError =>
  lines(
    found.end === undefined
      ? `${found.name} runs, but is not ready after ${found.seconds.toFixed(1)} s. The end of ${found.path}:`
      : `${found.name} ended ${found.seconds.toFixed(1)} s after its start (${found.end}). The end of ${found.path}:`,
    ...(found.log.length > 0 ? found.log : ["it is empty"]).map(
      (line) => `  ${line}`,
    ),
    "Fix the cause and deploy again.",
  );

export const notEnded = (
  name: string,
  pids: readonly number[],
  reason: string,
): AgentError =>
  lines(
    `${name} (process ${pids.join(", ")}) does not end: ${reason}.`,
    "Stop it by hand, then run the same command again.",
  );
