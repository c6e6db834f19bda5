import {
  existsSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { isAbsolute, join } from "node:path";
import { type AgentError, lines } from "./errors";
import { errorCode } from "./files";

/** The variables that name the folder for temporary files. The first one that is set counts. */
const VARIABLES = ["TMPDIR", "TMP", "TEMP"];

const variable = (): string | undefined =>
  VARIABLES.find((name) => process.env[name]);

/** The folder for temporary files, as Node.js chooses it. */
export const temporaryParent = (): string =>
  process.env[variable() ?? ""] ?? "/tmp";

/** Bytes that have to fit into a new folder: more than a plan of a small cluster needs. */
const ROOM = 1 << 20;

/** Makes a folder for temporary files that only this user can enter, and makes sure that files can be written to it. */
export function makeTemporaryFolder(
  prefix: string,
  parent = temporaryParent(),
): string {
  if (!isAbsolute(parent))
    throw unusable(
      parent,
      "it is not an absolute path, and each program would look for it in another folder",
    );
  let folder: string | undefined;
  try {
    folder = mkdtempSync(join(parent, prefix));
    const probe = join(folder, "probe");
    writeFileSync(probe, Buffer.alloc(ROOM));
    rmSync(probe);
    return folder;
  } catch (error) {
    if (folder) rmSync(folder, { recursive: true, force: true });
    throw unusable(parent, reasonOf(parent, errorCode(error)));
  }
}

/** Fails if the folder for temporary files cannot be used, before anything is done that needs it. */
export function requireTemporaryFolder(): void {
  rmSync(makeTemporaryFolder("control-plane-"), { recursive: true });
}

function reasonOf(parent: string, code: string): string {
  if (!existsSync(parent)) return "it does not exist";
  if (!statSync(parent).isDirectory()) return "it is not a folder";
  return ["ENOSPC", "EDQUOT"].includes(code)
    ? `it has less than 1 MiB of free space (${code})`
    : `no files can be written there (${code})`;
}

function unusable(parent: string, reason: string): AgentError {
  const name = variable();
  const what =
    name === undefined
      ? `${parent}, the folder for temporary files (TMPDIR is not set)`
      : `${name} ${JSON.stringify(parent)}, the folder for temporary files`;
  return lines(
    `${what}, cannot be used: ${reason}.`,
    "Nothing was done. Set TMPDIR to the absolute path of a folder on a disk with free space to which you can write, or unset it to use /tmp.",
  );
}
