import type { FileHandle } from "node:fs/promises";
import { LIMITS } from "../../base/limits";
import { openPlainFile } from "../../base/plain-file";
import {
  attempt,
  fields,
  list,
  optional,
  readJson,
  record,
  text,
} from "../../base/shape";

const BLOCK = 512;
const INDEXES = ["manifest.json", "index.json"];

const DOCKER = list(fields({ RepoTags: optional(list(text)) }));

const OCI = fields({
  manifests: optional(list(fields({ annotations: optional(record(text)) }))),
});

/** A tar archive with images, in Docker's or OCI's layout. */
export interface ImageArchive {
  /** Whether it is compressed with gzip. */
  readonly compressed: boolean;
  /** The names of its images. Absent if it does not contain them, or if it is compressed. */
  readonly images?: readonly string[];
}

/**
 * @see https://github.com/moby/docker-image-spec/blob/v1.3.1/v1.2.md#combined-image-json--filesystem-changeset-format
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md
 */
export async function readArchive(path: string): Promise<ImageArchive> {
  const file = await openPlainFile(path);
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

/** Reads the indexes of an archive. It jumps from header to header, so that layers are not read. */
async function indexes(file: FileHandle): Promise<string[]> {
  const found: string[] = [];
  const header = Buffer.alloc(BLOCK);
  for (let position = 0, count = 0; count < LIMITS.archiveEntries; count++) {
    const { bytesRead } = await file.read(header, 0, BLOCK, position);
    const size = bytesRead === BLOCK ? sizeIn(header) : undefined;
    if (size === undefined || found.length === INDEXES.length) return found;
    const name = fieldOf(header, 0, 100).replace(/^\.\//, "");
    if (INDEXES.includes(name) && size <= LIMITS.imageIndex) {
      const content = Buffer.alloc(size);
      await file.read(content, 0, size, position + BLOCK);
      found.push(content.toString());
    }
    position += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return found;
}

/** The size of the file behind a tar header; `undefined` if this is not a header, as at the end of the archive. */
function sizeIn(header: Buffer): number | undefined {
  if (fieldOf(header, 257, 5) !== "ustar") return undefined;
  // Sizes from 8 GiB on are binary numbers.
  if (header[124] & 0x80) return header.readUIntBE(130, 6);
  const digits = /^[0-7]+/.exec(fieldOf(header, 124, 12).trim())?.[0];
  return digits === undefined ? undefined : parseInt(digits, 8);
}

const fieldOf = (header: Buffer, start: number, length: number): string =>
  header.toString("latin1", start, start + length).replace(/\0.*$/s, "");

/** The image names in an index. An index in neither layout gives none: the container runtime reads the archive itself. */
function namesIn(index: string): readonly string[] {
  const docker = attempt(() => readJson(index, DOCKER));
  if (docker) return docker.flatMap(({ RepoTags }) => RepoTags ?? []);
  const { manifests = [] } = attempt(() => readJson(index, OCI)) ?? {};
  return manifests.flatMap(({ annotations = {} }) => {
    const name =
      annotations["io.containerd.image.name"] ??
      annotations["org.opencontainers.image.ref.name"];
    return name === undefined ? [] : [name];
  });
}
