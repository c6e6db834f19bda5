import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import {
  type KubernetesVersion,
  parseKubernetesVersion,
} from "../../../lib/catalog/versions";
import { binariesOf } from "../binaries";
import { say } from "../say";
import { madeOnce } from "./cache";
import type { Host } from "./host";
import { hostImage } from "./image";
import { makeImages, programIn } from "./images";

interface Options {
  /** Another etcd than the release's own. */
  readonly etcdImageTag?: string;
  /** CoreDNS takes minutes to build, and a program may keep its own. */
  readonly without?: "coredns";
}

/** The archives with the images of a release, which a program gives as `images.archives`. */
export function archivesOf(
  release: string,
  { etcdImageTag, without }: Options = {},
): string[] {
  const version = versionOf(release, etcdImageTag);
  const directory = madeOnce(
    [
      "images",
      version.text,
      version.etcdImageTag,
      ...(without ? [`no-${without}`] : []),
    ].join("-"),
    [version],
    say,
    (to) =>
      makeImages(
        version,
        binariesOf(version, say, without),
        hostImage(say).rootfs,
        join(to, "images"),
        without,
      ),
  );
  const images = join(directory, "images");
  return readdirSync(images)
    .filter((name) => !OWN.includes(name))
    .map((name) => join(images, name));
}

/** The images of the tests themselves, which are on all hosts. */
const OWN = ["echo.tar", "network.tar"];

export const versionOf = (release: string, etcdImageTag?: string) => {
  const known = parseKubernetesVersion(release) as KubernetesVersion;
  return etcdImageTag ? { ...known, etcdImageTag } : known;
};

/** Installs the programs of a release on a host, as its packages would, and starts kubelet again if it runs. */
export async function installPackages(
  host: Host,
  release: string,
  programs: readonly string[] = ["kubelet"],
): Promise<void> {
  const path = binariesOf(versionOf(release), say, "coredns", "etcd");
  for (const name of programs)
    await host.exec(
      'cat > "/usr/bin/$NAME.new" && chmod 755 "/usr/bin/$NAME.new" && mv "/usr/bin/$NAME.new" "/usr/bin/$NAME"',
      { input: readFileSync(programIn(path, name)), env: { NAME: name } },
    );
  await host.exec("systemctl try-restart kubelet");
}

/** Imports images on a host, as a pull would. */
export async function importImages(
  host: Host,
  archives: readonly string[],
): Promise<void> {
  for (const archive of archives)
    await host.exec(
      `cat > /var/tmp/${basename(archive)} && ctr --namespace k8s.io images import /var/tmp/${basename(archive)} && rm /var/tmp/${basename(archive)}`,
      { input: readFileSync(archive) },
    );
}
