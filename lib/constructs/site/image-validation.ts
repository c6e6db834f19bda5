import type { ImageOverride, Site } from "../../catalog/site";
import type { Requirement } from "../../terraform/requirement";
import { REPOSITORY, TAG } from "../patterns";
import { invalidImageRepository, invalidImageTag } from "./image-errors";

/** What container runtimes can read as the names of images. */
export function imageRequirements({
  imageRepository,
  dns,
  etcd,
}: Site): Requirement[] {
  const images: Readonly<Record<string, ImageOverride>> = {
    "dns.image": dns.image,
    ...(etcd.kind === "local" && { "etcd.image": etcd.image }),
  };
  return [
    repository("imageRepository", imageRepository),
    ...Object.entries(images).flatMap(([prop, image]) => [
      ...(image.repository === undefined
        ? []
        : [repository(`${prop}.repository`, image.repository)]),
      ...(image.tag === undefined
        ? []
        : [
            {
              value: image.tag,
              patterns: [TAG],
              error: (given: string) => invalidImageTag(`${prop}.tag`, given),
            },
          ]),
    ]),
  ];
}

const repository = (prop: string, value: string): Requirement => ({
  value,
  patterns: [REPOSITORY],
  error: (given) => invalidImageRepository(prop, given),
});
