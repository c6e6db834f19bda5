import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
} from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { errorCode } from "./files";
import { LIMITS } from "./limits";
import { irregularKind } from "./files";

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

/** The content of what the user named, if it is a file that a store can hold. */
export function readPlainFile(path: string): Buffer {
  const file = openSync(path, READ);
  try {
    const stats = fstatSync(file);
    const kind = irregularKind(stats);
    if (kind !== undefined) throw new Error(`it is ${kind}`);
    if (stats.size > LIMITS.storeFile)
      throw new Error(
        `it has ${stats.size} bytes, and at most ${LIMITS.storeFile} are allowed`,
      );
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

/** Why a file could not be read, for an error: `ENOENT`, `it is a FIFO`. */
export const reasonOf = (error: unknown): string =>
  errorCode(error) || (error instanceof Error ? error.message : String(error));
