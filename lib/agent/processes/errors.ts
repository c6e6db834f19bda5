import { type AgentError, lines } from "../../base/errors";

/** A program that is to run as a process of this machine and isn't there. */
export interface MissingProgram {
  /** `etcd` */
  readonly name: string;
  /** Where it was looked for, in words. */
  readonly where: string;
}

/** @param versions of Kubernetes, and of the etcd that it comes with, where they are known */
export function programsMissing(
  missing: readonly MissingProgram[],
  versions: { readonly kubernetes?: string; readonly etcd?: string } = {},
): AgentError {
  const { kubernetes = "<version>", etcd = "<version>" } = versions;
  const names = new Set(missing.map(({ name }) => name));
  const ofKubernetes = [...names].filter((name) => name.startsWith("kube"));
  const architecture = process.arch === "x64" ? "amd64" : process.arch;
  return lines(
    ...missing.map(({ name, where }) => `${name} is not ${where}.`),
    "How people usually get what is missing:",
    ...ofKubernetes.map(
      (name) =>
        `  ${name}: curl -fLO https://dl.k8s.io/release/${kubernetes}/bin/linux/${architecture}/${name} && chmod +x ${name}, or in a checkout of Kubernetes: make WHAT=cmd/${name}`,
    ),
    ...(names.has("etcd")
      ? [
          `  etcd: https://github.com/etcd-io/etcd/releases/tag/${etcd} has an archive for each system, or: brew install etcd`,
        ]
      : []),
    ...(names.has("etcd") || names.has("kube-apiserver")
      ? [
          "  etcd, kube-apiserver and kubectl together, for macOS too: go run sigs.k8s.io/controller-runtime/tools/setup-envtest@latest use",
        ]
      : []),
    "Give the folder that they are in as binaryDirectory, or put them on the PATH. Nothing was started.",
  );
}

export interface TakenPort {
  readonly port: number;
  /** What is to listen there: `etcd`. */
  readonly name: string;
  /** Absent: another user's. */
  readonly owner?: { readonly pid: number; readonly program: string };
}

export const portsTaken = (taken: readonly TakenPort[]): AgentError =>
  lines(
    ...taken.map(({ port, name, owner }) =>
      owner
        ? `Port ${port}, where ${name} is to listen, is taken by the process ${owner.pid} (${owner.program}).`
        : `Port ${port}, where ${name} is to listen, is taken by a process of another user.`,
    ),
    "End it, or give another port. Nothing was started.",
  );

export const socketTaken = (name: string, path: string): AgentError =>
  lines(
    `The socket ${path}, where ${name} is to listen, is somebody else's: it takes connections.`,
    "End whoever listens there, or give another unixSocket. Nothing was started.",
  );

/** A program that the system doesn't run. */
export const notStarted = (
  name: string,
  program: string,
  code: string,
): AgentError =>
  lines(
    `${name} cannot be started: ${program} is no program that runs here (${code}).`,
    "It needs the right to be executed, and to be built for this system and processor.",
  );

export interface FailedProcess {
  readonly name: string;
  /** `exit code 1`, `SIGKILL`; absent: it runs, but isn't ready. */
  readonly end?: string;
  readonly seconds: number;
  /** Where its whole log is. */
  readonly path: string;
  /** The end of it. */
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
    "Mend the cause and deploy again.",
  );

export const notEnded = (
  name: string,
  pids: readonly number[],
  reason: string,
): AgentError =>
  lines(
    `${name} (process ${pids.join(", ")}) does not end: ${reason}.`,
    "End it by hand, then do the same again.",
  );
