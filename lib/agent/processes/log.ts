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

/** Of a log that is looked at. */
const LINES = 12;
/** A log that grew beyond this many bytes is begun anew; what was in it is kept once. */
const LARGE = 64 << 20;

const previousPath = (name: string): string =>
  `${PROCESSES}/${name}.previous.log`;

/** A new log; that of the process before is kept beside it. The descriptor is the caller's to close. */
export function openLog(store: Store, name: string): number {
  const path = store.at(logPath(name));
  try {
    if (statSync(path, { throwIfNoEntry: false }))
      renameSync(path, store.at(previousPath(name)));
    // Always at its end: a log that is begun anew below the writer's hands has no gap.
    return openSync(path, "a", 0o600);
  } catch (error) {
    throw writeError(error, store.shown(logPath(name)));
  }
}

/** Of a process that goes on, and has its log open. */
export function trimLog(store: Store, name: string): void {
  const path = store.at(logPath(name));
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) <= LARGE) return;
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
      .slice(-LINES)
      .map((line) => line.slice(0, LIMITS.logLine));
  } finally {
    closeSync(file);
  }
}

export const removedLogs = (name: string): string[] => [
  logPath(name),
  previousPath(name),
];
