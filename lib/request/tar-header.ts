/** Files in a tar archive begin at a multiple of this, each behind a header of this size. */
export const TAR_BLOCK = 512;

export interface TarHeader {
  readonly name: string;
  /** Bytes of the file behind the header. */
  readonly size: number;
}

/** Reads a header; `undefined` if this is none, as at the end of an archive. */
export function readTarHeader(block: Buffer): TarHeader | undefined {
  if (fieldOf(block, 257, 5) !== "ustar") return undefined;
  const prefix = fieldOf(block, 345, 155);
  const name = fieldOf(block, 0, 100);
  const size = sizeIn(block);
  return size === undefined
    ? undefined
    : { name: prefix === "" ? name : `${prefix}/${name}`, size };
}

function sizeIn(block: Buffer): number | undefined {
  // Sizes from 8 GiB on are binary numbers.
  if (block[124] & 0x80) return block.readUIntBE(130, 6);
  const digits = /^[0-7]+/.exec(fieldOf(block, 124, 12).trim())?.[0];
  return digits === undefined ? undefined : parseInt(digits, 8);
}

/** The bytes that a file takes in an archive, without its header. */
export const tarSize = (size: number): number =>
  Math.ceil(size / TAR_BLOCK) * TAR_BLOCK;

const fieldOf = (block: Buffer, start: number, length: number): string =>
  block.toString("latin1", start, start + length).replace(/\0.*$/s, "");
