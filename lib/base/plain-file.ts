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

/** Without O_NONBLOCK, opening a FIFO waits for a writer, possibly forever. */
const READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** Opens a regular file that the user named. Nothing is read from a FIFO or a device. */
export async function openPlainFile(path: string): Promise<FileHandle> {
  const file = await open(path, READ);
  const kind = irregularKind(await file.stat());
  if (kind === undefined) return file;
  await file.close();
  throw new Error(`it is ${kind}`);
}

/** The bytes at a place of a file; fewer at its end. */
export async function readAt(
  file: FileHandle,
  at: number,
  length: number,
): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(
    Buffer.alloc(length),
    0,
    length,
    at,
  );
  return buffer.subarray(0, bytesRead);
}

/** Reasons for a longer error, about a file that the user named and that is not read. */
const REASONS = {
  irregular: (kind: string) => new Error(`it is ${kind}`),
  huge: (bytes: number) =>
    new Error(
      `it has ${bytes} bytes, and at most ${LIMITS.storeFile} are allowed`,
    ),
};

/** Reads a regular file of limited size. It is checked before opening and again afterwards: it may have been exchanged. */
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
