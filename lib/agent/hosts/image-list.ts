import { strangeAnswer } from "./errors";
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

/** Each text is what one program printed; `undefined` where it wasn't asked, or nothing could be learnt. */
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
    throw strangeAnswer(node, what, expected);
  }
}

/** Whatever else is listed is no image that could be asked for. */
const isName = (name: string): boolean => /^[!-~]{1,1000}$/.test(name);

/**
 * An image's name as runtimes keep it: `busybox` is `docker.io/library/busybox:latest`. Where there is a digest,
 * the tag says nothing more.
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

/** Which of the images are not among those that a runtime listed. */
export function imagesNotIn(
  listed: readonly string[],
  images: readonly string[],
): string[] {
  const present = new Set(listed.map(canonicalImage));
  return [...new Set(images)].filter(
    (image) => !present.has(canonicalImage(image)),
  );
}
