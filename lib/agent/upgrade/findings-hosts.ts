import { CGROUPS_2_SINCE, containerdFor, minorOf } from "../../catalog/skew";
import { compact } from "../../base/compact";
import { isOlder } from "../preflight/version";
import * as found from "./errors";
import type { UpgradeFinding } from "./errors";
import { skewFindings } from "./findings-skew";
import type { SeenHost, SeenNode, Upgrade } from "./seen";

const MiB = 1024 * 1024;
/** Bytes for the images of a minor, which lie beside those of the one before: about 500 MiB, and as packed 150 MiB more. */
const FOR_IMAGES = 1024 * MiB;
/** Bytes for etcd: a member that starts writes a new log of 64 MiB, and allocates the next one. */
const FOR_ETCD = 200 * MiB;

/** What is wrong with a host. */
export function hostFindings(
  host: SeenHost,
  upgrade: Upgrade,
): UpgradeFinding[] {
  const { node, isWorker, failure, kubeProxy, cgroups } = host;
  if (failure !== undefined)
    return [(isWorker ? found.workerDown : found.hostDown)(node, failure)];
  const { kubernetes } = upgrade;
  const { allowsCgroups1, bringsKubelet } = host;
  const { etcdFree = Infinity, imagesFree = Infinity } = host;
  const minor = minorOf(kubernetes);
  return [
    ...compact(
      etcdFree < FOR_ETCD &&
        found.diskFull(node, "etcd has its data", etcdFree, FOR_ETCD),
      !hasRoomForImages(host) &&
        found.diskFull(
          node,
          "the container runtime keeps images",
          imagesFree,
          FOR_IMAGES,
        ),
      cgroups === 1 &&
        !allowsCgroups1 &&
        minor >= CGROUPS_2_SINCE &&
        found.oldCgroups(node, minor, severityOf(bringsKubelet)),
    ),
    ...(kubeProxy === undefined
      ? []
      : skewFindings(node, "kube-proxy", kubeProxy, upgrade)),
    ...imageFindings(host),
  ];
}

/** Whether the images of the new version can be pulled. Also true if none are needed. */
export const hasRoomForImages = ({ imagesFree = Infinity }: SeenHost) =>
  imagesFree >= FOR_IMAGES;

/** A need of kubelet's stops an upgrade only if kubelet is upgraded with it. */
const severityOf = (bringsKubelet: boolean | undefined) =>
  bringsKubelet ? "error" : "warning";

/** What kubelet will need of a node's container runtime. The Node object tells it of all nodes, also of those of others. */
export function runtimeFindings(
  { name, runtime }: SeenNode,
  host: SeenHost | undefined,
  { kubernetes }: Upgrade,
): UpgradeFinding[] {
  const [, version] = /^containerd:\/\/v?(\d+\.\d+\.\S+)$/.exec(runtime) ?? [];
  const minor = minorOf(kubernetes);
  const need = containerdFor(minor);
  return version !== undefined && isOlder(version, need.containerd)
    ? [
        found.containerdTooOld(
          name,
          version,
          minor,
          need,
          severityOf(host?.bringsKubelet),
        ),
      ]
    : [];
}

/** One finding for each reason, such as an unreachable registry, however many images it affects. */
function imageFindings({
  node,
  missingImages,
  archives,
}: SeenHost): UpgradeFinding[] {
  const images = missingImages.map(({ image }) => image);
  if (images.length > 0 && archives.length > 0)
    return [found.imagesInArchives(node, images, archives)];
  return [...new Set(missingImages.map(({ reason }) => reason))].map((reason) =>
    found.imagesMissing(
      node,
      missingImages
        .filter((each) => each.reason === reason)
        .map(({ image }) => image),
      reason,
    ),
  );
}
