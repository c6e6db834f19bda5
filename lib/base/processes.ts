import { execFileSync } from "node:child_process";
import { hostname } from "node:os";
import { AgentError, systemHangs } from "./errors";
import { errorCode, orUndefined } from "./files";
import { LIMITS } from "./limits";
import {
  bootId,
  IS_LINUX,
  pidNamespace,
  type ProcessStat,
  statOf,
  wordsOf,
} from "./proc";

/** A process. Its start time distinguishes it from a later process with the same id. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly start: string;
}

/** Where a process id is valid: on one machine, since its last boot, and in one process namespace (of a container). */
export interface Machine {
  readonly host: string;
  readonly boot: string;
  readonly namespace: string;
}

type ProcessFacts = ProcessIdentity & ProcessStat;

/** What the lock of a store needs to know about processes. Tests pass their own implementation. */
export interface Processes {
  readonly machine: Machine;
  readonly self: ProcessIdentity;
  /** The run of Terraform that started this process; `undefined` if it has ended. */
  run(): ProcessIdentity | undefined;
  isAlive(identity: ProcessIdentity): boolean;
}

/** Programs that become the parent of a process whose own parent has ended. */
const INHERITORS =
  /^(init|systemd|launchd|tini|dumb-init|docker-init|catatonit|s6-svscan|containerd-shim.*|conmon)$/;
const TERRAFORM = /terraform|tofu/;
const SHELL = /^-?(sh|dash|bash|ash|busybox)$/;

export function systemProcesses(): Processes {
  const self = identify(process.pid) ?? { pid: process.pid, start: "" };
  const parent = findRun(self);
  return {
    machine: machine(),
    self,
    run: () => (parent && isAlive(parent) ? parent : undefined),
    isAlive,
  };
}

/**
 * The run of Terraform: the parent of this process, or the parent's parent if `local-exec` started a shell in between.
 * A program that inherits orphans is not a run. In a container this may be any program with the id 1, so unless that is
 * Terraform, the agent counts as a run of its own.
 */
function findRun(self: ProcessIdentity): ProcessIdentity | undefined {
  let parent = look(process.ppid);
  if (
    parent &&
    SHELL.test(parent.command) &&
    commandLine(parent.pid)[1] === "-c"
  )
    parent = look(parent.parent);
  if (parent === undefined || parent.ended || INHERITORS.test(parent.command))
    return undefined;
  if (parent.pid === 1 && !TERRAFORM.test(parent.command)) return self;
  return { pid: parent.pid, start: parent.start };
}

export function isAlive({ pid, start }: ProcessIdentity): boolean {
  const now = look(pid);
  return now !== undefined && !now.ended && now.start === start;
}

/** Whether process ids of `there` can be looked up from `here`. */
export const isHere = (there: Machine, here: Machine): boolean =>
  there.host === here.host &&
  there.boot === here.boot &&
  there.namespace === here.namespace;

/** Whether `there` is this machine before a reboot: then none of its processes runs any more. */
export const isOfEarlierBoot = (there: Machine, here: Machine): boolean =>
  there.host === here.host && there.boot !== here.boot;

export function identify(pid: number): ProcessIdentity | undefined {
  const facts = look(pid);
  return facts && { pid, start: facts.start };
}

function look(pid: number): ProcessFacts | undefined {
  if (!IS_LINUX) return lookWithPs(pid);
  const stat = statOf(pid);
  return stat && { pid, ...stat };
}

function lookWithPs(pid: number): ProcessFacts | undefined {
  try {
    const options = ["-o", "ppid=,stat=,lstart=,comm=", "-p", String(pid)];
    const line = askSystem("ps", options).trim();
    const found =
      /^(\d+)\s+(\S+)\s+(\w+\s+\w+\s+\d+\s+[\d:]+\s+\d+)\s+(.*)$/.exec(line);
    if (!found) return undefined;
    const [, parent, state, start, command] = found;
    return {
      pid,
      parent: Number(parent),
      ended: state.startsWith("Z"),
      start: start.replace(/\W+/g, "-"),
      command: command.replace(/^.*\//, ""),
    };
  } catch (error) {
    // `ps` hangs: the process may be running, so it must not count as ended and lose its lock.
    if (error instanceof AgentError) throw error;
    return undefined;
  }
}

function commandLine(pid: number): string[] {
  if (IS_LINUX) return wordsOf(pid);
  const options = ["-o", "args=", "-p", String(pid)];
  const line = orUndefined(() => askSystem("ps", options)) ?? "";
  return line.trim().split(/\s+/);
}

/** The output of a local program. Throws if it fails, and with an error for users if it hangs. */
export function askSystem(program: string, words: readonly string[]): string {
  try {
    return execFileSync(program, words, {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      timeout: LIMITS.systemTime,
      maxBuffer: LIMITS.commandOutput,
      killSignal: "SIGKILL",
    });
  } catch (error) {
    if (errorCode(error) !== "ETIMEDOUT") throw error;
    throw systemHangs(program, LIMITS.systemTime / 1000);
  }
}

/** The machine on which this process runs. */
export const machine = (): Machine => ({
  host: hostname(),
  boot: bootId(),
  namespace: pidNamespace(),
});
