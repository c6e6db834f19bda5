import { unexpectedAnswer } from "./errors";
import {
  fields,
  list,
  Mismatch,
  optional,
  readJson,
  text,
} from "../../base/shape";

const IMAGES = fields({
  images: optional(
    list(
      fields({
        repoTags: optional(list(text)),
        repoDigests: optional(list(text)),
      }),
    ),
  ),
});

/**
 * The images that a container runtime has; `undefined` if they are unknown.
 *
 * @param ctr the output of `ctr`; `undefined` if it was not used or failed
 * @param crictl the output of `crictl`; `undefined` if it was not used
 */
export function listedImages(
  ctr: string | undefined,
  crictl: string | undefined,
  node: string,
): string[] | undefined {
  if (ctr !== undefined) return ctr.split("\n").filter(isName);
  if (!crictl) return undefined;
  try {
    const { images = [] } = readJson(crictl, IMAGES);
    return images
      .flatMap(({ repoTags = [], repoDigests = [] }) => [
        ...repoTags,
        ...repoDigests,
      ])
      .filter(isName);
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    const what = "the images of its container runtime";
    const expected = `a list in JSON, as crictl prints it (${error.message})`;
    throw unexpectedAnswer(node, what, expected);
  }
}

/** Other entries of a list are not names of images. */
const isName = (name: string): boolean => /^[!-~]{1,1000}$/.test(name);

/**
 * The full name of an image, under which runtimes keep it: `docker.io/library/busybox:latest` for `busybox`. If the name
 * has a digest, the tag is dropped.
 * @see https://github.com/distribution/reference/blob/v0.6.0/normalize.go
 */
export function canonicalImage(name: string): string {
  const [untagged, digest] = name.split("@");
  const slash = untagged.indexOf("/");
  const first = untagged.slice(0, Math.max(slash, 0));
  const hasDomain = /[.:]|^localhost$/.test(first);
  const full = hasDomain
    ? untagged.replace(/^index\.docker\.io\//, "docker.io/")
    : `docker.io/${slash < 0 ? "library/" : ""}${untagged}`;
  const [, repository, tag] = /^(.*?)(?::([^:/]+))?$/.exec(full)!;
  return digest === undefined
    ? `${repository}:${tag ?? "latest"}`
    : `${repository}@${digest}`;
}

/** The images that are not among those that a runtime listed. */
export function imagesNotIn(
  listed: readonly string[],
  images: readonly string[],
): string[] {
  const present = new Set(listed.map(canonicalImage));
  return [...new Set(images)].filter(
    (image) => !present.has(canonicalImage(image)),
  );
}
