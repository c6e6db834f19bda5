import type { ImageOverride, Site } from "../../catalog/site";
import { hasToken } from "../../terraform/expression";
import { invalidImageRepository, invalidImageTag } from "./image-errors";

const HOST =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.|(?=[:/]|$)))+(?::\d{1,5})?$|^\[[0-9a-fA-F:]+\](?::\d{1,5})?$/;
const PART = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^\w[\w.-]{0,127}$/;

/** As container runtimes read it. @see https://github.com/distribution/reference/blob/v0.6.0/reference.go */
function isRepository(text: string): boolean {
  const [first, ...rest] = text.split("/");
  // The first part is a registry if it could not be a part of a path.
  const isHost =
    rest.length > 0 && (/[.:[A-Z]/.test(first) || first === "localhost");
  return (
    (isHost ? HOST.test(first) : PART.test(first)) &&
    rest.every((part) => PART.test(part))
  );
}

/** Throws if container runtimes cannot read the name of an image. A registry alone may hold all images, too. */
export function validateImages({ imageRepository, dns, etcd }: Site): void {
  const images: Readonly<Record<string, ImageOverride>> = {
    "dns.image": dns.image,
    ...(etcd.kind === "local" && { "etcd.image": etcd.image }),
  };
  validateRepository("imageRepository", imageRepository);
  for (const [prop, { repository, tag }] of Object.entries(images)) {
    validateRepository(`${prop}.repository`, repository);
    if (tag !== undefined && !hasToken(tag) && !TAG.test(tag))
      throw invalidImageTag(`${prop}.tag`, tag);
  }
}

function validateRepository(prop: string, given: string | undefined): void {
  if (given === undefined || hasToken(given)) return;
  if (!isRepository(given) && !HOST.test(given))
    throw invalidImageRepository(prop, given);
}
