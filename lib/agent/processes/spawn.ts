import {
  type ChildProcess,
  spawn,
  type StdioOptions,
} from "node:child_process";
import { closeSync, mkdirSync } from "node:fs";
import { PROCESSES } from "../../catalog/paths";
import { errorCode } from "../../base/files";
import { inheritedFiles } from "../../base/proc";
import type { Store } from "../../store/store";
import { notStarted, programsMissing } from "./errors";
import { openLog } from "./log";
import { markOf, type ProcessDefinition } from "./record";
import { findProgram, searchedIn } from "./system";

/**
 * The agent's variables that a process inherits: only those that programs usually need, none of which holds a secret.
 */
const INHERITED_VARIABLES = [
  "PATH",
  "HOME",
  "USER",
  "LOGNAME",
  "LANG",
  "TZ",
  "TMPDIR",
];

/** The path of the executable; throws if it is missing. */
export const programOf = ({
  name,
  command: [word],
  directory,
}: ProcessDefinition): string => {
  const program = findProgram(word, directory);
  if (program === undefined)
    throw programsMissing([{ name, where: searchedIn(word, directory) }]);
  return program;
};

/**
 * Starts the process in a session of its own, so that neither Ctrl-C nor closing the terminal reaches it, and without
 * open files of the agent.
 */
export async function spawnProcess(
  wanted: ProcessDefinition,
  store: Store,
): Promise<ChildProcess> {
  const { name, command, directory, environment } = wanted;
  const program = programOf(wanted);
  mkdirSync(store.at(PROCESSES), { recursive: true, mode: 0o700 });
  const log = openLog(store, name);
  const [variable, ...mark] = markOf(store, name).split("=");
  const passedOn = INHERITED_VARIABLES.flatMap((each) => {
    const value = process.env[each];
    return value === undefined ? [] : [[each, value]];
  });
  try {
    const child = spawn(program, command.slice(1), {
      cwd: directory,
      detached: true,
      stdio: stdioOf(log),
      env: {
        ...Object.fromEntries(passedOn),
        ...environment,
        [variable]: mark.join("="),
      },
    });
    await new Promise<void>((done, fail) => {
      child.once("spawn", done);
      child.once("error", fail);
    });
    // The agent can exit without waiting for it, even if it never becomes ready.
    child.unref();
    return child;
  } catch (error) {
    throw notStarted(name, program, errorCode(error) || String(error));
  } finally {
    closeSync(log);
  }
}

/**
 * Gives the process only the log. Any other inherited descriptor, such as a pipe or a lock of the caller, would stay
 * open for as long as the process runs; replacing it closes it.
 */
function stdioOf(log: number): StdioOptions {
  const inherited = inheritedFiles();
  return Array.from(
    { length: Math.max(2, ...inherited) + 1 },
    (_, file): "ignore" | number =>
      file === 1 || file === 2 || inherited.includes(file) ? log : "ignore",
  );
}
