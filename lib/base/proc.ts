import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/**
 * What Linux says of processes in `/proc`. Whatever cannot be read, because the process has ended or is another user's,
 * is absent or empty. Only where {@link IS_LINUX}.
 */
export const IS_LINUX = process.platform === "linux";

/** The folder in which a path may begin at a folder that this process holds open. */
export const HELD_FILES = "/proc/self/fd";

export interface ProcessStat {
  readonly command: string;
  readonly parent: number;
  readonly ended: boolean;
  /** What tells it apart from a later process of the same number. */
  readonly start: string;
}

/** @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
export function statOf(pid: number): ProcessStat | undefined {
  const stat = read(`${pid}/stat`);
  if (stat === undefined) return undefined;
  // The command is in parentheses and may hold any character, a closing parenthesis too.
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

/** Its variables, `NAME=value`. */
export const environmentOf = (pid: number): string[] | undefined =>
  read(`${pid}/environ`)?.split("\0");

/** For people. */
export const programOf = (pid: number): string =>
  wordsOf(pid)[0] || read(`${pid}/comm`)?.trim() || "unknown";

/** All processes but this one. */
export const otherProcesses = (): number[] =>
  entries("")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid);

/** What this process has open that whoever it starts would have open too. */
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

/** Another one after each start of the machine. */
export const bootId = (): string =>
  read("sys/kernel/random/boot_id")?.trim() ?? "";

/** Within it a process number is one process. */
export const pidNamespace = (): string => link("self/ns/pid") ?? "";

const read = (path: string): string | undefined =>
  attempt(() => readFileSync(`/proc/${path}`, "utf8"));

const link = (path: string): string | undefined =>
  attempt(() => readlinkSync(`/proc/${path}`));

const entries = (path: string): string[] =>
  attempt(() => readdirSync(`/proc/${path}`)) ?? [];

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
