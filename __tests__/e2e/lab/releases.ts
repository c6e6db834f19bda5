import { readdirSync } from "node:fs";
import { join } from "node:path";
import {
  type KubernetesVersion,
  parseKubernetesVersion,
} from "../../../lib/catalog/versions";
import { binariesOf } from "../binaries";
import { say } from "../say";
import { madeOnce } from "./cache";
import { hostImage } from "./image";
import { makeImages } from "./images";

/** The archives with the images of a release, which a program gives as `images.archives`. */
export function archivesOf(release: string, etcdImageTag?: string): string[] {
  const known = parseKubernetesVersion(release) as KubernetesVersion;
  const version = etcdImageTag ? { ...known, etcdImageTag } : known;
  const directory = madeOnce(
    `images-${version.text}-${version.etcdImageTag}`,
    [version],
    say,
    (to) =>
      makeImages(
        version,
        binariesOf(version, say),
        hostImage(say).rootfs,
        join(to, "images"),
      ),
  );
  const images = join(directory, "images");
  return readdirSync(images).map((name) => join(images, name));
}
