import { createReadStream } from "node:fs";
import IMPORT_IMAGES from "./scripts/import-images.sh";
import LIST_IMAGES from "./scripts/list-images.sh";
import PULL_IMAGE from "./scripts/pull-image.sh";
import { unreadableUserFile } from "../../base/errors";
import { LIMITS } from "../../base/limits";
import { reasonOf } from "../../base/plain-file";
import type { Host } from "./host";
import { readArchive, type ImageArchive } from "./image-archive";
import { canonicalImage, imagesNotIn, listedImages } from "./image-list";
import { inquire } from "./inquiry";
import { socketPath } from "./runtime";

export interface MissingImage {
  readonly image: string;
  /** Why it cannot be had, in the words of the container runtime. */
  readonly reason: string;
}

export interface ImagesOptions {
  readonly images: readonly string[];
  /** Archives on this machine that hold images, as `docker save` or `ctr images export` write them. */
  readonly archives: readonly string[];
  /** As in a NodeRequest: `unix:///run/containerd/containerd.sock`. */
  readonly criSocket: string;
  readonly say: (line: string) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const LIST_TIMEOUT = 60_000;
/** An archive may have gigabytes, and its way be slow. */
const IMPORT_TIMEOUT = 30 * 60_000;
/** Seconds that an image may take; then the host itself ends it and says so. */
const PULL_LIMIT = 300;
const PULL_TIMEOUT = (PULL_LIMIT + 30) * 1000;

/** What `timeout` exits with; busybox's as the program that it ended. */
const TIMED_OUT: readonly number[] = [124, 143];

/**
 * Brings the images to the host that it has not got: from the archives, the others from their registries. Where no
 * program can tell what it has, they are left to kubelet.
 */
export async function ensureImages(
  host: Host,
  options: ImagesOptions,
): Promise<MissingImage[]> {
  const { archives, say } = options;
  let missing = await missingImages(host, options);
  const failures: string[] = [];
  for (const archive of archives) {
    if (missing.length === 0) return [];
    const failure = await importArchive(host, archive, missing, options);
    if (failure === undefined) missing = await missingImages(host, options);
    else failures.push(failure);
  }
  failures.forEach((failure) => say(`${host.name}: ${failure}`));
  const refused = await pullImages(host, missing, options);
  return refused.map(({ image, reason }) => ({
    image,
    reason: [...failures, reason].join("; "),
  }));
}

async function missingImages(
  host: Host,
  { images, criSocket }: ImagesOptions,
): Promise<string[]> {
  const { text } = await inquire(host, {
    script: LIST_IMAGES,
    args: [socketPath(criSocket)],
    timeout: LIST_TIMEOUT,
  });
  const listed = listedImages(
    text("ctr-images"),
    text("crictl-images"),
    host.name,
  );
  return listed === undefined ? [] : imagesNotIn(listed, images);
}

/** What went wrong; nothing where the archive was brought, or holds none of the images. */
async function importArchive(
  host: Host,
  archive: string,
  missing: readonly string[],
  { criSocket, say, now }: ImagesOptions,
): Promise<string | undefined> {
  const { compressed, images } = await look(archive, host.name);
  if (images && imagesNotIn(images, missing).length === missing.length)
    return undefined;
  const start = now();
  const { exitCode, stderr } = await host.run(IMPORT_IMAGES, {
    args: [socketPath(criSocket), compressed ? "gzip" : "plain"],
    input: createReadStream(archive),
    timeout: IMPORT_TIMEOUT,
  });
  if (exitCode !== 0) return `${archive} was not imported: ${lastLine(stderr)}`;
  say(`${host.name}: ${archive} imported in ${seconds(now() - start)}`);
  return undefined;
}

async function look(path: string, node: string): Promise<ImageArchive> {
  try {
    return await readArchive(path);
  } catch (error) {
    throw unreadableUserFile(path, `the images of ${node}`, reasonOf(error));
  }
}

async function pullImages(
  host: Host,
  images: readonly string[],
  { criSocket, say, now }: ImagesOptions,
): Promise<MissingImage[]> {
  const start = now();
  const refused = await Promise.all(
    images.map(async (image): Promise<MissingImage[]> => {
      const { exitCode, stderr } = await host.run(PULL_IMAGE, {
        args: [socketPath(criSocket), canonicalImage(image), `${PULL_LIMIT}`],
        timeout: PULL_TIMEOUT,
      });
      if (exitCode === 0) return [];
      if (TIMED_OUT.includes(exitCode))
        return [{ image, reason: `not pulled within ${PULL_LIMIT} s` }];
      return [{ image, reason: lastLine(stderr) }];
    }),
  );
  const missing = refused.flat();
  const pulled = images.length - missing.length;
  if (pulled > 0)
    say(
      `${host.name}: ${pulled} ${pulled === 1 ? "image" : "images"} pulled in ${seconds(now() - start)}`,
    );
  return missing;
}

/**
 * The last thing that a program said, without what differs from image to image: a registry that cannot be reached
 * is one reason.
 */
function lastLine(stderr: string): string {
  const line =
    stderr.trim().split("\n").at(-1)?.slice(0, LIMITS.saidLine) ||
    "it did not say why";
  const message = /level=fatal msg="((?:[^"\\]|\\.)*)"/.exec(line)?.[1];
  return (message?.replace(/\\(.)/g, "$1") ?? line)
    .replace(/^ctr: /, "")
    .replace(/^.*(failed to do request): \w+ "[^"]*": /, "$1: ")
    .replace(/\w+ \w+ \S+->\S+: (\w+: )?/, "")
    .replace(/^.*failed to resolve reference "[^"]*": /, "");
}

const seconds = (milliseconds: number): string =>
  `${Math.round(milliseconds / 1000)} s`;
