import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { inaccessibleKnownHosts, unusableKnownHosts } from "./errors";
import { errorCode } from "../../base/files";
import { LIMITS } from "../../base/limits";
import { makeTemporaryFolder } from "../../base/temporary";

/** The lines of a known_hosts file. Hosts are listed under the names of their nodes, see {@link hostKeyNames}. */
function readLines(file: string): string[] {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found) return [];
  if (!found.isFile() || found.size > LIMITS.knownHosts)
    throw unusableKnownHosts(file, LIMITS.knownHosts);
  try {
    return readFileSync(file, "utf8").split("\n").filter(Boolean);
  } catch (error) {
    throw inaccessible(file, "read", error);
  }
}

const nameOf = (line: string): string => line.split(" ", 1)[0];

export const hostKeysOf = (file: string, name: string): string[] =>
  readLines(file).filter((line) => nameOf(line) === name);

/** The place of a host key, for messages: `line 3 of <file>`. */
export function placeOfHostKey(file: string, name: string): string {
  const numbers = readLines(file).flatMap((line, at) =>
    nameOf(line) === name ? [at + 1] : [],
  );
  return `line${numbers.length === 1 ? "" : "s"} ${numbers.join(", ")} of ${file}`;
}

/** Adds host keys that were accepted at the first connection. */
export function rememberHostKeys(file: string, lines: readonly string[]): void {
  const known = new Set(readLines(file));
  const added = lines.filter((line) => !known.has(line));
  if (added.length === 0) return;
  attempt(file, () => {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    // One write, so that agents that run at the same time do not mix their lines.
    appendFileSync(file, added.map((line) => `${line}\n`).join(""), {
      mode: 0o600,
    });
  });
}

/** Removes the host keys of a node. Then the next connection accepts any key. */
export function forgetHostKey(file: string, node: string): void {
  const lines = readLines(file);
  const kept = lines.filter((line) => nameOf(line) !== node);
  if (kept.length === lines.length) return;
  attempt(file, () => {
    const next = `${file}.${process.pid}`;
    writeFileSync(next, kept.map((line) => `${line}\n`).join(""), {
      mode: 0o600,
    });
    renameSync(next, file);
  });
}

/** Lends a copy of the file to work that writes nothing to the store: ssh adds the keys of new hosts to it. */
export async function withCopiedHostKeys<T>(
  file: string,
  work: (copy: string) => Promise<T>,
): Promise<T> {
  const folder = makeTemporaryFolder("control-plane-host-keys-");
  const copy = join(folder, "known_hosts");
  try {
    if (existsSync(file)) copyFileSync(file, copy);
    return await work(copy);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function attempt(file: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    throw inaccessible(file, "written", error);
  }
}

const inaccessible = (
  file: string,
  action: "read" | "written",
  error: unknown,
): Error =>
  inaccessibleKnownHosts(file, action, errorCode(error) || String(error));
