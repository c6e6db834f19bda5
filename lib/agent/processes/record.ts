import { existsSync, realpathSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { PROCESSES } from "../../catalog/paths";
import { jsonFile } from "../../store/bookkeeping";
import { listIfThere, readIfThere, sha256 } from "../../base/files";
import {
  isAlive,
  machine,
  type Machine,
  type ProcessIdentity,
} from "../../base/processes";
import type { Store, StoredFile } from "../../store/store";
import { fields, number, readJson, text } from "../../base/shape";
import { IDENTITY_FIELDS, MACHINE_FIELDS } from "../../store/shapes";
import { hasVariable, variablesAfter } from "./system";

/** Describes a process to run on this machine. */
export interface ProcessDefinition {
  /** The name of the process, its record and its log: `kube-apiserver`. */
  readonly name: string;
  /** The words of its command; `findProgram` finds the first one. */
  readonly command: readonly string[];
  /** Variables in addition to a few of the agent's own. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Absolute path of its working directory, to which paths in its command are relative. */
  readonly directory: string;
  /**
   * Files that it reads when it starts; it is restarted if their content changes. Absolute, or relative to `directory`.
   */
  readonly files?: readonly string[];
}

/** The content of `processes/<name>.json`: identifies the process that was started, so that later runs can find it. */
export interface ProcessRecord extends ProcessIdentity {
  readonly machine: Machine;
  readonly program: Program;
  /** Hash of its command, its environment and the files that it reads. */
  readonly fingerprint: string;
  /** Start time, as in RFC 3339. */
  readonly since: string;
}

/** An executable as it was at the start of the process, to notice a new build. */
export interface Program {
  readonly path: string;
  readonly size: number;
  /** Modification time, in milliseconds since 1970. */
  readonly changed: number;
}

const RECORD = fields<ProcessRecord>({
  ...IDENTITY_FIELDS,
  machine: fields(MACHINE_FIELDS),
  program: fields({ path: text, size: number, changed: number }),
  fingerprint: text,
  since: text,
});

export const recordPath = (name: string): string => `${PROCESSES}/${name}.json`;
export const logPath = (name: string): string => `${PROCESSES}/${name}.log`;

export const recordFile = (name: string, record: ProcessRecord): StoredFile =>
  jsonFile(recordPath(name), record);

/** The record of a process, whether it runs or not; `undefined` if it is missing or broken. */
export function readRecord(
  store: Store,
  name: string,
): ProcessRecord | undefined {
  try {
    const file = store.read(recordPath(name));
    return file && readJson(file.toString(), RECORD);
  } catch {
    return undefined;
  }
}

/** The names of all processes that the store has records of. */
export const recordedNames = (store: Store): string[] =>
  listIfThere(join(store.directory, PROCESSES))
    .filter((file) => file.endsWith(".json"))
    .map((file) => file.slice(0, -".json".length))
    .sort();

/** The names of all running processes of the store, recorded or not. */
export const markedNames = (store: Store): string[] => [
  ...new Set(variablesAfter(`${markOf(store, "")}/`)),
];

/**
 * An environment variable that every process gets, so that it is found even if its starter was killed before it wrote
 * the record.
 */
export function markOf({ directory }: Store, name: string): string {
  const real = existsSync(directory) ? realpathSync(directory) : directory;
  return `CONTROL_PLANE_PROCESS=${join(real, PROCESSES, name)}`;
}

/**
 * Whether the recorded process still runs. Its number may be reused by another process, and a copy of a store does not
 * own the processes of the original.
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

/** Hash of what a process is started with, except its executable. */
export function fingerprintOf(definition: ProcessDefinition): string {
  const { command, environment = {}, directory, files = [] } = definition;
  const contents = [...new Set(files)].sort().map((file) => {
    const content = readIfThere(resolve(directory, file));
    return [file, content ? sha256(content) : null];
  });
  const variables = Object.entries(environment).sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  return sha256(JSON.stringify([command, variables, contents]));
}

/** Whether a process was started with what is wanted now, and its executable has not changed since. */
export function matchesRecord(
  definition: ProcessDefinition,
  record: ProcessRecord,
): boolean {
  const { path, size, changed } = record.program;
  const now = programAt(path);
  return (
    record.fingerprint === fingerprintOf(definition) &&
    (!now || (now.size === size && now.changed === changed))
  );
}
