import { existsSync, realpathSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { PROCESSES } from "../../catalog/paths";
import { listIfThere, readIfThere, sha256 } from "../../base/files";
import {
  isAlive,
  machine,
  type Machine,
  type ProcessIdentity,
} from "../../base/processes";
import type { Store, StoredFile } from "../../store/store";
import { isProcessRecord, parseObject } from "../../store/shapes";
import { hasVariable, variablesAfter } from "./system";

/** What is run as a process of this machine. */
export interface Recipe {
  /** Of its record and its log, and what people call it: `kube-apiserver`. */
  readonly name: string;
  /** Its words; how the first is looked for says `findProgram`. */
  readonly command: readonly string[];
  /** Beside a few of the agent's own variables. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Where it runs, absolute: paths in its command begin there. */
  readonly directory: string;
  /** What it reads when it starts: with another content it is started again. From `directory`, or absolute. */
  readonly files?: readonly string[];
}

/** `processes/<name>.json`: what was started, so that it is found, and told from others, whoever comes next. */
export interface ProcessRecord extends ProcessIdentity {
  readonly machine: Machine;
  readonly program: Program;
  /** Of its command, its environment and the files that it reads. */
  readonly fingerprint: string;
  /** RFC 3339. */
  readonly since: string;
}

/** A program as it was when it was started: another build of it is another program. */
export interface Program {
  readonly path: string;
  readonly size: number;
  /** Milliseconds. */
  readonly changed: number;
}

export const recordPath = (name: string): string => `${PROCESSES}/${name}.json`;
export const logPath = (name: string): string => `${PROCESSES}/${name}.log`;

export function recordFile(name: string, record: ProcessRecord): StoredFile {
  return {
    path: recordPath(name),
    content: Buffer.from(`${JSON.stringify(record, undefined, 2)}\n`),
    mode: 0o600,
  };
}

/** The record of a process, whether it runs or not; a broken one is none. */
export function readRecord(
  store: Store,
  name: string,
): ProcessRecord | undefined {
  try {
    const found = parseObject(store.read(recordPath(name))?.toString() ?? "");
    return typeof found !== "string" && isProcessRecord(found)
      ? (found as unknown as ProcessRecord)
      : undefined;
  } catch {
    return undefined;
  }
}

/** All that a store has records of. */
export const recordedNames = (store: Store): string[] =>
  listIfThere(join(store.directory, PROCESSES))
    .filter((file) => file.endsWith(".json"))
    .map((file) => file.slice(0, -".json".length))
    .sort();

/** All that runs of a store, recorded or not. */
export const markedNames = (store: Store): string[] => [
  ...new Set(variablesAfter(`${markOf(store, "")}/`)),
];

/** A variable that every process has, so that one is found whose starter was killed before it wrote the record. */
export function markOf({ directory }: Store, name: string): string {
  const real = existsSync(directory) ? realpathSync(directory) : directory;
  return `CONTROL_PLANE_PROCESS=${join(real, PROCESSES, name)}`;
}

/**
 * Whether the very process runs that the record is of: a number may be another process's by now, and a copy of a store
 * says nothing of what the original started.
 */
export function isRunning(
  { machine: there, ...identity }: ProcessRecord,
  mark: string,
): boolean {
  const here = machine();
  const isHere =
    there.boot === here.boot &&
    there.namespace === here.namespace &&
    (here.boot !== "" || there.host === here.host);
  return (
    isHere && isAlive(identity) && (hasVariable(identity.pid, mark) ?? true)
  );
}

export function programAt(path: string): Program | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found && { path, size: found.size, changed: found.mtimeMs };
}

/** What a process is made from, but for its program. */
export function fingerprintOf(recipe: Recipe): string {
  const { command, environment = {}, directory, files = [] } = recipe;
  const contents = [...new Set(files)].sort().map((file) => {
    const content = readIfThere(resolve(directory, file));
    return [file, content ? sha256(content) : null];
  });
  const variables = Object.entries(environment).sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  return sha256(JSON.stringify([command, variables, contents]));
}

/** Whether it was started from what is wanted now, and its program is still the one that runs. */
export function isAsWanted(recipe: Recipe, record: ProcessRecord): boolean {
  const { path, size, changed } = record.program;
  const now = programAt(path);
  return (
    record.fingerprint === fingerprintOf(recipe) &&
    (!now || (now.size === size && now.changed === changed))
  );
}
