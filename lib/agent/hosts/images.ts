import { createReadStream } from "node:fs";
import IMPORT_IMAGES from "./scripts/import-images.sh";
import LIST_IMAGES from "./scripts/list-images.sh";
import PULL_IMAGE from "./scripts/pull-image.sh";
import { counted } from "../../base/counted";
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
  /** Why it could not be imported or pulled, from the output of the container runtime. */
  readonly reason: string;
}

export interface ImagesOptions {
  readonly images: readonly string[];
  /** Image archives on this machine, made with `docker save` or `ctr images export`. */
  readonly archives: readonly string[];
  /** As in a NodeRequest: `unix:///run/containerd/containerd.sock`. */
  readonly criSocket: string;
  readonly say: (line: string) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const LIST_TIMEOUT = 60_000;
/** Milliseconds: an archive may have gigabytes, and the connection may be slow. */
const IMPORT_TIMEOUT = 30 * 60_000;
/** Seconds for pulling one image. Then the host itself stops the pull and reports that. */
const PULL_LIMIT = 300;
const PULL_TIMEOUT = (PULL_LIMIT + 30) * 1000;

/** The exit codes of `timeout`. That of busybox passes on the exit code of the program that it ended. */
const TIMED_OUT: readonly number[] = [124, 143];

/**
 * Makes the host have the images: imports missing ones from the archives, and pulls the others from their registries.
 * Returns the images that are still missing. If no program on the host can list its images, kubelet has to pull them.
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

/** The images that the host lacks; none if no program on the host can list its images. */
export async function missingImages(
  host: Host,
  { images, criSocket }: Pick<ImagesOptions, "images" | "criSocket">,
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

/** Imports an archive if it may contain a missing image. Returns the problem if the import fails. */
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
      `${host.name}: ${counted(pulled, "image")} pulled in ${seconds(now() - start)}`,
    );
  return missing;
}

/**
 * The last line that a program printed, without the parts that differ from image to image, so that an unreachable registry
 * gives the same reason for all of them.
 */
function lastLine(stderr: string): string {
  const line =
    stderr.trim().split("\n").at(-1)?.slice(0, LIMITS.outputLine) ||
    "no reason was given";
  const message = /level=fatal msg="((?:[^"\\]|\\.)*)"/.exec(line)?.[1];
  return (message?.replace(/\\(.)/g, "$1") ?? line)
    .replace(/^ctr: /, "")
    .replace(/^.*(failed to do request): \w+ "[^"]*": /, "$1: ")
    .replace(/\w+ \w+ \S+->\S+: (\w+: )?/, "")
    .replace(/^.*failed to resolve reference "[^"]*": /, "");
}

const seconds = (milliseconds: number): string =>
  `${Math.round(milliseconds / 1000)} s`;
