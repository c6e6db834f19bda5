import type { Site } from "../../catalog/site";
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

/** A registry alone may hold all images, too. */
const isRegistry = (text: string): boolean => HOST.test(text);

export function validateImages({ imageRepository, dns, etcd }: Site): void {
  const repositories = {
    imageRepository,
    "dns.image.repository": dns.image.repository,
    "etcd.image.repository":
      etcd.kind === "local" ? etcd.image.repository : undefined,
  };
  for (const [prop, given] of Object.entries(repositories))
    if (
      given !== undefined &&
      !hasToken(given) &&
      !isRepository(given) &&
      !isRegistry(given)
    )
      throw invalidImageRepository(prop, given);
  const tags = {
    "dns.image.tag": dns.image.tag,
    "etcd.image.tag": etcd.kind === "local" ? etcd.image.tag : undefined,
  };
  for (const [prop, given] of Object.entries(tags))
    if (given !== undefined && !hasToken(given) && !TAG.test(given))
      throw invalidImageTag(prop, given);
}
