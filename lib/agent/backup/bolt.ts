import type { FileHandle } from "node:fs/promises";
import { readAt } from "../../base/plain-file";

/**
 * Reads etcd's database file, which is a bbolt database, as far as a snapshot has to be understood without etcd: its
 * revision. A database that cannot be read in this way is damaged.
 * @see https://github.com/etcd-io/bbolt/blob/v1.4.3/internal/common/page.go
 * @see https://github.com/etcd-io/etcd/blob/v3.6.8/server/storage/mvcc/revision.go
 */
export class Bolt {
  private constructor(
    private readonly file: FileHandle,
    /** Where the database begins in the file, and its length. */
    private readonly start: number,
    private readonly size: number,
    private readonly pageSize: number,
    private readonly root: bigint,
  ) {}

  /** `undefined` if there is no database. */
  static async open(
    file: FileHandle,
    start: number,
    size: number,
  ): Promise<Bolt | undefined> {
    const first = await readAt(file, start, META_LENGTH);
    if (!isMeta(first)) return undefined;
    const pageSize = first.readUInt32LE(HEADER + 8);
    if (pageSize < 512 || pageSize > MOST_PAGE) return undefined;
    const second = await readAt(file, start + pageSize, META_LENGTH);
    // The pages with the newest transaction are the valid ones.
    const [meta] = [first, second]
      .filter(isMeta)
      .sort((a, b) => Number(transactionIn(b) - transactionIn(a)));
    const root = meta.readBigUInt64LE(HEADER + 16);
    return new Bolt(file, start, size, pageSize, root);
  }

  /** The last key of a bucket; `undefined` if there is no such bucket, if it is empty, or if the database is damaged. */
  async lastKey(bucket: string): Promise<Buffer | undefined> {
    const found = await this.find(this.root, Buffer.from(bucket));
    if (found === undefined || found.length < BUCKET_HEADER) return undefined;
    const root = found.readBigUInt64LE(0);
    // A small bucket has its only page behind its header.
    return root === 0n
      ? elementsOf(found.subarray(BUCKET_HEADER)).at(-1)?.key
      : this.last(root);
  }

  private async last(page: bigint): Promise<Buffer | undefined> {
    for (let at = page, depth = 0; depth < MOST_DEPTH; depth++) {
      const element = elementsOf(await this.page(at)).at(-1);
      if (element?.page === undefined) return element?.key;
      at = element.page;
    }
    return undefined;
  }

  /** The value of a key in the tree below a page. */
  private async find(page: bigint, key: Buffer): Promise<Buffer | undefined> {
    for (let at = page, depth = 0; depth < MOST_DEPTH; depth++) {
      const elements = elementsOf(await this.page(at));
      const exact = elements.find(({ key: each }) => each.equals(key));
      if (exact?.value) return exact.value;
      const below = elements.filter(({ key: each }) => each.compare(key) <= 0);
      const next = (below.at(-1) ?? elements[0])?.page;
      if (next === undefined) return undefined;
      at = next;
    }
    return undefined;
  }

  /** A page with the pages into which it overflows. */
  private async page(id: bigint): Promise<Buffer> {
    const at = Number(id) * this.pageSize;
    const header = await this.read(at, HEADER);
    if (header.length < HEADER) return header;
    const overflow = header.readUInt32LE(12);
    return this.read(at, (overflow + 1) * this.pageSize);
  }

  private async read(at: number, length: number): Promise<Buffer> {
    if (at + length > this.size || length > MOST_READ) return Buffer.alloc(0);
    return readAt(this.file, this.start + at, length);
  }
}

/** The length of a page's header, of an element in a page, and of a bucket's header. */
const HEADER = 16;
const ELEMENT = 16;
const BUCKET_HEADER = 16;
const META_LENGTH = HEADER + 64;
const MAGIC = 0xed0cdaed;
const VERSION = 2;
const MOST_PAGE = 64 * 1024;
/** Bytes of one page. etcd's values have a few megabytes at most. */
const MOST_READ = 64 * 1024 * 1024;
const MOST_DEPTH = 64;
const BRANCH = 0x01;
const LEAF = 0x02;

const isMeta = (page: Buffer): boolean =>
  page.length >= META_LENGTH &&
  page.readUInt32LE(HEADER) === MAGIC &&
  page.readUInt32LE(HEADER + 4) === VERSION;

const transactionIn = (meta: Buffer): bigint =>
  meta.readBigUInt64LE(HEADER + 48);

interface Element {
  readonly key: Buffer;
  /** In a leaf. */
  readonly value?: Buffer;
  /** The page below, in a branch. */
  readonly page?: bigint;
}

/** The elements of a page; none if it is no branch and no leaf, or if it is damaged. */
function elementsOf(page: Buffer): Element[] {
  if (page.length < HEADER) return [];
  const flags = page.readUInt16LE(8);
  const count = page.readUInt16LE(10);
  if (HEADER + count * ELEMENT > page.length) return [];
  return Array.from({ length: count }, (_, index): Element => {
    const at = HEADER + index * ELEMENT;
    const slice = (from: number, length: number): Buffer =>
      page.subarray(from, from + length);
    if (flags & BRANCH) {
      const position = page.readUInt32LE(at);
      const keyLength = page.readUInt32LE(at + 4);
      return {
        key: slice(at + position, keyLength),
        page: page.readBigUInt64LE(at + 8),
      };
    }
    if (!(flags & LEAF)) return { key: Buffer.alloc(0) };
    const position = page.readUInt32LE(at + 4);
    const keyLength = page.readUInt32LE(at + 8);
    const valueLength = page.readUInt32LE(at + 12);
    return {
      key: slice(at + position, keyLength),
      value: slice(at + position + keyLength, valueLength),
    };
  });
}

/** The newest revision in etcd's database; `undefined` if it is damaged. */
export async function revisionIn(
  file: FileHandle,
  start: number,
  size: number,
): Promise<string | undefined> {
  const bolt = await Bolt.open(file, start, size);
  const key = await bolt?.lastKey("key");
  return key && key.length >= 8 ? key.readBigInt64BE(0).toString() : undefined;
}
