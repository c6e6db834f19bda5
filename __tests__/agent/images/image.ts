import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** An image of one tiny layer. */
export interface TestImage {
  readonly config: Buffer;
  readonly layer: Buffer;
}

export const digest = (content: Buffer): string =>
  `sha256:${createHash("sha256").update(content).digest("hex")}`;

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: "amd64" };

/** Makes an image with one file, which has this content. */
export function makeImage(folder: string, content: string): TestImage {
  const root = mkdtempSync(join(folder, "image-"));
  writeFileSync(join(root, "file"), content);
  const layer = execFileSync("tar", ["-c", "-C", root, "file"]);
  const config = {
    architecture: ARCHITECTURES[process.arch] ?? process.arch,
    os: "linux",
    config: {},
    rootfs: { type: "layers", diff_ids: [digest(layer)] },
  };
  return { config: Buffer.from(JSON.stringify(config)), layer };
}

/** An archive in the format of `docker save`. */
export function dockerArchive(
  folder: string,
  name: string,
  images: Readonly<Record<string, TestImage>>,
): string {
  const root = mkdtempSync(join(folder, "archive-"));
  const manifest = Object.entries(images).map(([tag, image], index) => {
    writeFileSync(join(root, `${index}.json`), image.config);
    writeFileSync(join(root, `${index}.tar`), image.layer);
    return {
      Config: `${index}.json`,
      RepoTags: [tag],
      Layers: [`${index}.tar`],
    };
  });
  writeFileSync(join(root, "manifest.json"), JSON.stringify(manifest));
  return pack(folder, name, root);
}

/** An archive in the format of `ctr images export` and `skopeo copy … oci-archive:`. */
export function ociArchive(
  folder: string,
  name: string,
  images: Readonly<Record<string, TestImage>>,
): string {
  const root = mkdtempSync(join(folder, "archive-"));
  mkdirSync(join(root, "blobs/sha256"), { recursive: true });
  const manifests = Object.entries(images).map(([tag, image]) => {
    const manifest = ociManifest(image);
    for (const blob of [manifest, image.config, image.layer])
      writeFileSync(join(root, "blobs", digest(blob).replace(":", "/")), blob);
    return {
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      digest: digest(manifest),
      size: manifest.length,
      annotations: {
        "io.containerd.image.name": tag,
        "org.opencontainers.image.ref.name": tag.replace(/^.*:/, ""),
      },
    };
  });
  writeFileSync(
    join(root, "index.json"),
    JSON.stringify({ schemaVersion: 2, manifests }),
  );
  writeFileSync(
    join(root, "oci-layout"),
    JSON.stringify({ imageLayoutVersion: "1.0.0" }),
  );
  return pack(folder, name, root);
}

export function ociManifest({ config, layer }: TestImage): Buffer {
  return Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      config: {
        mediaType: "application/vnd.oci.image.config.v1+json",
        digest: digest(config),
        size: config.length,
      },
      layers: [
        {
          mediaType: "application/vnd.oci.image.layer.v1.tar",
          digest: digest(layer),
          size: layer.length,
        },
      ],
    }),
  );
}

/** Packs a folder, compressed if the name ends with `gz`. */
function pack(folder: string, name: string, root: string): string {
  const path = join(folder, name);
  const flags = /gz$/.test(name) ? "-czf" : "-cf";
  execFileSync("tar", [flags, path, "-C", root, "."]);
  return path;
}
