import { open, type FileHandle } from "node:fs/promises";

const BLOCK = 512;
/** An index lists images; one that is longer is something else. */
const LONGEST_INDEX = 4 * 1024 * 1024;
const INDEXES = ["manifest.json", "index.json"];

interface DockerIndex {
  readonly RepoTags?: readonly string[] | null;
}

interface OciIndex {
  readonly manifests?: readonly {
    readonly annotations?: Readonly<Record<string, string>>;
  }[];
}

/** A tar archive of Docker's or OCI's layout. */
export interface ImageArchive {
  /** With gzip. */
  readonly compressed: boolean;
  /** Their names; absent where it would have to be read whole for that, or doesn't say them. */
  readonly images?: readonly string[];
}

/**
 * @see https://github.com/moby/docker-image-spec/blob/v1.3.1/v1.2.md#combined-image-json--filesystem-changeset-format
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md
 */
export async function readArchive(path: string): Promise<ImageArchive> {
  const file = await open(path);
  try {
    if (await isCompressed(file)) return { compressed: true };
    const images = (await indexes(file)).flatMap(namesIn);
    return { compressed: false, ...(images.length > 0 ? { images } : {}) };
  } finally {
    await file.close();
  }
}

async function isCompressed(file: FileHandle): Promise<boolean> {
  const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
  return buffer.equals(Buffer.of(0x1f, 0x8b));
}

/** Goes from header to header: layers are not read. */
async function indexes(file: FileHandle): Promise<unknown[]> {
  const found: unknown[] = [];
  const header = Buffer.alloc(BLOCK);
  for (let position = 0; ;) {
    const { bytesRead } = await file.read(header, 0, BLOCK, position);
    const size = bytesRead === BLOCK ? sizeIn(header) : undefined;
    if (size === undefined) return found;
    const name = text(header, 0, 100).replace(/^\.\//, "");
    if (INDEXES.includes(name) && size <= LONGEST_INDEX) {
      const content = Buffer.alloc(size);
      await file.read(content, 0, size, position + BLOCK);
      found.push(parsed(content.toString()));
    }
    position += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
}

/** Of the file that follows; `undefined` where this is no header of a tar archive, as at its end. */
function sizeIn(header: Buffer): number | undefined {
  if (text(header, 257, 5) !== "ustar") return undefined;
  // A size of 8 GiB and more is binary.
  if (header[124] & 0x80) return header.readUIntBE(130, 6);
  const digits = /^[0-7]+/.exec(text(header, 124, 12).trim())?.[0];
  return digits === undefined ? undefined : parseInt(digits, 8);
}

const text = (header: Buffer, start: number, length: number): string =>
  header.toString("latin1", start, start + length).replace(/\0.*$/s, "");

function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}

function namesIn(index: unknown): string[] {
  if (Array.isArray(index))
    return (index as DockerIndex[]).flatMap(({ RepoTags }) => RepoTags ?? []);
  const { manifests = [] } = (index ?? {}) as OciIndex;
  return manifests.flatMap(({ annotations = {} }) => {
    const name =
      annotations["io.containerd.image.name"] ??
      annotations["org.opencontainers.image.ref.name"];
    return name === undefined ? [] : [name];
  });
}
