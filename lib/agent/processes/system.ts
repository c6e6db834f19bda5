import { accessSync, constants, statSync } from "node:fs";
import { createServer } from "node:net";
import { homedir } from "node:os";
import { basename, delimiter, join, resolve } from "node:path";
import { errorCode } from "../../base/files";
import {
  environmentOf,
  IS_LINUX,
  listenerOn,
  otherProcesses,
  programOf,
} from "../../base/proc";
import { askSystem } from "../../base/processes";

/** A process that listens on a port. */
export interface Owner {
  readonly pid: number;
  readonly program: string;
}

/**
 * Finds an executable: a word without a slash on the PATH, `~/` in the home directory, and any other path from
 * `directory`. `undefined` if there is no such executable file.
 */
export function findProgram(
  word: string,
  directory: string,
): string | undefined {
  return candidates(word, directory).find(isExecutable);
}

/** Where an executable was searched, for errors: `on the PATH`, `in /opt/bin`. */
export function searchedIn(word: string, directory: string): string {
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

/** The processes of this user whose environment has this variable: those started with it, and their children. */
export const processesWith = (variable: string): number[] =>
  readableProcesses().filter((pid) => hasVariable(pid, variable));

/** The rest of each environment variable of this user's processes that begins with a text. */
export const variablesAfter = (beginning: string): string[] =>
  readableProcesses()
    .flatMap((pid) => environmentOf(pid) ?? [])
    .filter((variable) => variable.startsWith(beginning))
    .map((variable) => variable.slice(beginning.length));

/** Whether a process has this variable; `undefined` if its environment cannot be read. */
export const hasVariable = (
  pid: number,
  variable: string,
): boolean | undefined =>
  IS_LINUX ? environmentOf(pid)?.includes(variable) : undefined;

/** Processes whose environment can be read; outside Linux there are none. */
const readableProcesses = (): number[] => (IS_LINUX ? otherProcesses() : []);

/** Whether something listens on a port of this machine's loopback. */
export function isPortTaken(port: number): Promise<boolean> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once("error", (error) => {
      if (errorCode(error) === "EADDRINUSE") done(true);
      else fail(error);
    });
    server.listen(port, "127.0.0.1", () => server.close(() => done(false)));
  });
}

/** The process that listens on a port; `undefined` if it belongs to another user, whose processes are not visible. */
export function ownerOf(port: number): Owner | undefined {
  if (!IS_LINUX) return ownerFromLsof(port);
  const pid = listenerOn(port);
  return pid === undefined ? undefined : { pid, program: programOf(pid) };
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
