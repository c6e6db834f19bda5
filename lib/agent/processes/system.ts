import {
  accessSync,
  constants,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
} from "node:fs";
import { createServer } from "node:net";
import { homedir } from "node:os";
import { basename, delimiter, join, resolve } from "node:path";
import { errorCode } from "../../base/files";
import { askSystem } from "../../base/processes";

/** A process that answers on a port. */
export interface Owner {
  readonly pid: number;
  readonly program: string;
}

const IS_LINUX = process.platform === "linux";

/**
 * Where a program is: a word without a slash is looked for on the PATH, `~/` is the home directory, any other is a path
 * from `directory`. `undefined` where no such file may be executed.
 */
export function findProgram(
  word: string,
  directory: string,
): string | undefined {
  return candidates(word, directory).find(isExecutable);
}

/** As an error says it: `on the PATH`, `in /opt/bin`. */
export function whereLooked(word: string, directory: string): string {
  if (!word.includes("/")) return "on the PATH";
  const [path] = candidates(word, directory);
  return `in ${path.slice(0, -basename(path).length - 1) || "/"}`;
}

function candidates(word: string, directory: string): string[] {
  if (word.startsWith("~/")) return [join(homedir(), word.slice(2))];
  if (word.includes("/")) return [resolve(directory, word)];
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.filter((each) => each !== "").map((each) => join(each, word));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The processes of this user whose environment has this variable: what was started with it, and what that started. */
export const processesWith = (variable: string): number[] =>
  visible().filter((pid) => hasVariable(pid, variable));

/** What follows a text that a variable of this user's processes begins with. */
export const variablesAfter = (beginning: string): string[] =>
  visible()
    .flatMap((pid) => variablesOf(pid) ?? [])
    .filter((variable) => variable.startsWith(beginning))
    .map((variable) => variable.slice(beginning.length));

/** Whether a process has this variable; `undefined` where that cannot be seen. */
export const hasVariable = (
  pid: number,
  variable: string,
): boolean | undefined => variablesOf(pid)?.includes(variable);

/** A process that has ended has none. */
const variablesOf = (pid: number): string[] | undefined =>
  IS_LINUX ? read(`/proc/${pid}/environ`)?.toString().split("\0") : undefined;

/** Elsewhere nothing is seen of others' environments. */
const visible = (): number[] => (IS_LINUX ? pids() : []);

/** What this process has open that whoever it starts would have open too. */
export function inheritedFiles(): number[] {
  if (!IS_LINUX) return [];
  return readdirSync("/proc/self/fd")
    .map(Number)
    .filter((file) => {
      const flags = /^flags:\s*([0-7]+)$/m.exec(
        read(`/proc/self/fdinfo/${file}`)?.toString() ?? "",
      );
      return file > 2 && flags && !(parseInt(flags[1], 8) & CLOSED_ON_START);
    });
}

/** @see https://man7.org/linux/man-pages/man2/open.2.html */
const CLOSED_ON_START = 0o2000000;

/** Whether something listens on a port of this machine's loopback. */
export function isTaken(port: number): Promise<boolean> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once("error", (error) => {
      if (errorCode(error) === "EADDRINUSE") done(true);
      else fail(error);
    });
    server.listen(port, "127.0.0.1", () => server.close(() => done(false)));
  });
}

/** Who listens on a port; `undefined` where that cannot be seen: the process is another user's. */
export function ownerOf(port: number): Owner | undefined {
  return IS_LINUX ? ownerInProc(port) : ownerFromLsof(port);
}

/** @see https://man7.org/linux/man-pages/man5/proc_pid_net.5.html */
function ownerInProc(port: number): Owner | undefined {
  const sockets = new Set(
    ["tcp", "tcp6"].flatMap((table) =>
      (read(`/proc/net/${table}`)?.toString() ?? "")
        .split("\n")
        .map((line) => line.trim().split(/\s+/))
        .filter(
          ([, local, , state]) =>
            state === LISTEN && parseInt(local.split(":")[1], 16) === port,
        )
        .map((fields) => `socket:[${fields[9]}]`),
    ),
  );
  const pid = pids().find((each) =>
    filesOf(each).some((file) => sockets.has(file)),
  );
  return pid === undefined ? undefined : { pid, program: programOf(pid) };
}

const LISTEN = "0A";

const pids = (): number[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid);

function filesOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((file) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${file}`);
      } catch {
        return "";
      }
    });
  } catch {
    return [];
  }
}

function programOf(pid: number): string {
  const [program = ""] = (read(`/proc/${pid}/cmdline`)?.toString() ?? "").split(
    "\0",
  );
  return program || read(`/proc/${pid}/comm`)?.toString().trim() || "unknown";
}

function ownerFromLsof(port: number): Owner | undefined {
  try {
    const options = ["-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-Fpc"];
    const text = askSystem("lsof", options);
    const pid = /^p(\d+)$/m.exec(text)?.[1];
    const program = /^c(.*)$/m.exec(text)?.[1];
    return pid === undefined
      ? undefined
      : { pid: Number(pid), program: program ?? "unknown" };
  } catch {
    return undefined;
  }
}

function read(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
