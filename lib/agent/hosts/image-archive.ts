import type { FileHandle } from "node:fs/promises";
import { LIMITS } from "../../base/limits";
import { openPlainFile } from "../../base/plain-file";
import { readTarHeader, TAR_BLOCK, tarSize } from "../../request/tar-header";
import {
  attempt,
  fields,
  list,
  optional,
  readJson,
  record,
  text,
} from "../../base/shape";

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
  const block = Buffer.alloc(TAR_BLOCK);
  for (let position = 0, count = 0; count < LIMITS.archiveEntries; count++) {
    const { bytesRead } = await file.read(block, 0, TAR_BLOCK, position);
    const header = bytesRead === TAR_BLOCK ? readTarHeader(block) : undefined;
    if (header === undefined || found.length === INDEXES.length) return found;
    const { size } = header;
    const name = header.name.replace(/^\.\//, "");
    if (INDEXES.includes(name) && size <= LIMITS.imageIndex) {
      const content = Buffer.alloc(size);
      await file.read(content, 0, size, position + TAR_BLOCK);
      found.push(content.toString());
    }
    position += TAR_BLOCK + tarSize(size);
  }
  return found;
}

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
