import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  type Stats,
  statSync,
} from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { errorCode, irregularKind } from "./files";
import { LIMITS } from "./limits";

/** A FIFO has whoever opens it wait for a writer, without an end. */
const READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** Opens what the user named, if it is a file: from a FIFO or a device nothing is read. */
export async function openPlainFile(path: string): Promise<FileHandle> {
  const file = await open(path, READ);
  const kind = irregularKind(await file.stat());
  if (kind === undefined) return file;
  await file.close();
  throw new Error(`it is ${kind}`);
}

/** The errors for what is not read. */
interface Refusals {
  irregular(kind: string): Error;
  huge(bytes: number): Error;
}

/** Those of a file that the user named, as the reasons in a longer error. */
const REASONS: Refusals = {
  irregular: (kind) => new Error(`it is ${kind}`),
  huge: (bytes) =>
    new Error(
      `it has ${bytes} bytes, and at most ${LIMITS.storeFile} are allowed`,
    ),
};

/** The content of a file that a store can hold. It is looked at before it is opened, and again then: it may be exchanged. */
export function readPlainFile(path: string, refusals = REASONS): Buffer {
  const check = (stats: Stats): void => {
    const kind = irregularKind(stats);
    if (kind !== undefined) throw refusals.irregular(kind);
    if (stats.size > LIMITS.storeFile) throw refusals.huge(stats.size);
  };
  check(statSync(path));
  const file = openSync(path, READ);
  try {
    check(fstatSync(file));
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

/** Why a file could not be read, for an error: `ENOENT`, `it is a FIFO`. */
export const reasonOf = (error: unknown): string =>
  errorCode(error) || (error instanceof Error ? error.message : String(error));
