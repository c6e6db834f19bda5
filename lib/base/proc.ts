import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { orUndefined } from "./files";

/**
 * Reads `/proc` of Linux; to be used only if {@link IS_LINUX}. What cannot be read, because the process has ended or
 * belongs to another user, is returned as absent or empty.
 */
export const IS_LINUX = process.platform === "linux";

/** Below this folder, a path can begin at a folder that this process holds open. */
export const HELD_FILES = "/proc/self/fd";

export interface ProcessStat {
  readonly command: string;
  readonly parent: number;
  readonly ended: boolean;
  /** The start time, which distinguishes the process from a later one with the same id. */
  readonly start: string;
}

/** @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
export function statOf(pid: number): ProcessStat | undefined {
  const stat = read(`${pid}/stat`);
  if (stat === undefined) return undefined;
  // The command is in parentheses and may contain any character, even a closing parenthesis.
  const end = stat.lastIndexOf(")");
  const fields = stat.slice(end + 2).split(" ");
  return {
    command: stat.slice(stat.indexOf("(") + 1, end),
    ended: "ZXx".includes(fields[0]),
    parent: Number(fields[1]),
    start: fields[19],
  };
}

export const wordsOf = (pid: number): string[] =>
  read(`${pid}/cmdline`)?.split("\0") ?? [];

/** The environment of a process: `NAME=value`. */
export const environmentOf = (pid: number): string[] | undefined =>
  read(`${pid}/environ`)?.split("\0");

/** The name of a process's program, for people. */
export const programOf = (pid: number): string =>
  wordsOf(pid)[0] || read(`${pid}/comm`)?.trim() || "unknown";

/** The ids of all processes except this one. */
export const otherProcesses = (): number[] =>
  entries("")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid);

/** The file descriptors that the processes which this one starts would inherit. */
export const inheritedFiles = (): number[] =>
  entries("self/fd")
    .map(Number)
    .filter((file) => {
      const flags = /^flags:\s*([0-7]+)$/m.exec(
        read(`self/fdinfo/${file}`) ?? "",
      );
      return file > 2 && flags && !(parseInt(flags[1], 8) & CLOSED_ON_START);
    });

/** @see https://man7.org/linux/man-pages/man2/open.2.html */
const CLOSED_ON_START = 0o2000000;

/** The process that listens on a TCP port. @see https://man7.org/linux/man-pages/man5/proc_pid_net.5.html */
export function listenerOn(port: number): number | undefined {
  const sockets = new Set(
    ["tcp", "tcp6"].flatMap((table) =>
      (read(`net/${table}`) ?? "")
        .split("\n")
        .map((line) => line.trim().split(/\s+/))
        .filter(
          ([, local, , state]) =>
            state === LISTEN && parseInt(local.split(":")[1], 16) === port,
        )
        .map((fields) => `socket:[${fields[9]}]`),
    ),
  );
  return otherProcesses().find((pid) =>
    entries(`${pid}/fd`).some((file) =>
      sockets.has(link(`${pid}/fd/${file}`) ?? ""),
    ),
  );
}

const LISTEN = "0A";

/** Changes at each boot of the machine. */
export const bootId = (): string =>
  read("sys/kernel/random/boot_id")?.trim() ?? "";

/** The namespace in which the process ids of this process are unique. */
export const pidNamespace = (): string => link("self/ns/pid") ?? "";

const read = (path: string): string | undefined =>
  orUndefined(() => readFileSync(`/proc/${path}`, "utf8"));

const link = (path: string): string | undefined =>
  orUndefined(() => readlinkSync(`/proc/${path}`));

const entries = (path: string): string[] =>
  orUndefined(() => readdirSync(`/proc/${path}`)) ?? [];
