import {
  type KubernetesVersion,
  parseAnyVersion,
  type VersionRow,
} from "../../catalog/versions";

/** The images whose tag is the release of Kubernetes. */
const COMPONENTS = [
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kube-proxy",
];

/** The images whose tag belongs to a minor of Kubernetes. */
const COMPANIONS: Readonly<Record<string, (row: VersionRow) => string>> = {
  etcd: ({ etcdImageTag }) => etcdImageTag,
  coredns: ({ coreDnsImageTag }) => coreDnsImageTag,
  pause: ({ pauseImageTag }) => pauseImageTag,
};

/**
 * The images that a node will need, from those that it needs now. A tag that is not the default of the present version is
 * the user's choice, and stays.
 */
export function imagesAfter(
  images: readonly string[],
  present: string,
  wanted: KubernetesVersion,
): string[] {
  const row = parseAnyVersion(present);
  return images.map((image) => {
    const [, repository, name, tag] =
      /^((?:.*\/)?([^/:@]+)):([^/:@]+)$/.exec(image) ?? [];
    if (COMPONENTS.includes(name) && tag === row?.text)
      return `${repository}:${wanted.text}`;
    const tagOf = COMPANIONS[name];
    return tagOf && row && tag === tagOf(row)
      ? `${repository}:${tagOf(wanted)}`
      : image;
  });
}
