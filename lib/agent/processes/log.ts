import {
  closeSync,
  copyFileSync,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  truncateSync,
} from "node:fs";
import { PROCESSES } from "../../catalog/paths";
import { writeError } from "../../base/files";
import { LIMITS } from "../../base/limits";
import type { Store } from "../../store/store";
import { logPath } from "./record";

/** Lines that are read from the end of a log. */
const SHOWN_LINES = 12;
/** A log larger than this many bytes is truncated; its content is kept once. */
const MAX_SIZE = 64 << 20;

const previousPath = (name: string): string =>
  `${PROCESSES}/${name}.previous.log`;

/** Opens a new log; the log of the previous process is kept beside it. The caller closes the descriptor. */
export function openLog(store: Store, name: string): number {
  const path = store.at(logPath(name));
  try {
    if (statSync(path, { throwIfNoEntry: false }))
      renameSync(path, store.at(previousPath(name)));
    // Append mode, so that truncating the log under a running process leaves no gap.
    return openSync(path, "a", 0o600);
  } catch (error) {
    throw writeError(error, store.shown(logPath(name)));
  }
}

/** Truncates the log of a process that keeps running. */
export function trimLog(store: Store, name: string): void {
  const path = store.at(logPath(name));
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) <= MAX_SIZE)
    return;
  copyFileSync(path, store.at(previousPath(name)));
  truncateSync(path);
}

/** The last lines of a log. */
export function endOfLog(store: Store, name: string): string[] {
  let file: number;
  try {
    file = openSync(store.at(logPath(name)), "r");
  } catch {
    return [];
  }
  try {
    const { size } = fstatSync(file);
    const buffer = Buffer.alloc(Math.min(size, LIMITS.logEnd));
    readSync(file, buffer, 0, buffer.length, size - buffer.length);
    return buffer
      .toString()
      .split("\n")
      .filter((line) => line.trim() !== "")
      .slice(-SHOWN_LINES)
      .map((line) => line.slice(0, LIMITS.logLine));
  } finally {
    closeSync(file);
  }
}

export const logPaths = (name: string): string[] => [
  logPath(name),
  previousPath(name),
];
