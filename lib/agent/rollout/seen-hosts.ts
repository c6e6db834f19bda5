import { KUBELET_FILES } from "../../catalog/kubelet";
import type { NodeRequest } from "../../request/request";
import { hasEtcd, kubeletBinary } from "../../request/roles";
import { isWorker } from "../../store/inventory";
import { fields, flag, optional } from "../../base/shape";
import type { MissingImage } from "../hosts/images";
import type { SeenHost } from "../upgrade/seen";
import type { HostResult, Session } from "./session";
import { readTreeYaml } from "./tree-yaml";

/** Where containerd keeps its images. */
const IMAGES = "/var/lib/containerd";

const KUBELET = fields({ failCgroupV1: optional(flag) });

/** Whether the deploy brings the kubelet of a node. Otherwise its machine does, as a package. */
export const bringsKubelet = (
  request: Pick<NodeRequest, "binaries">,
): boolean => kubeletBinary(request)?.source !== undefined;

/** What an upgrade depends on that a host itself tells. */
export function seenHost(
  result: HostResult,
  session: Session,
  missingImages: readonly MissingImage[] = [],
): SeenHost {
  const { request } = result;
  const { name: node, imageArchives: archives } = request;
  const configuration = session
    .treeOf(node)
    .find(({ path }) => path === KUBELET_FILES.configuration);
  const known = {
    node,
    isWorker: isWorker(session.inventory, request),
    archives,
    missingImages,
    allowsCgroups1:
      configuration === undefined ||
      readTreeYaml(configuration, KUBELET).failCgroupV1 === false,
    bringsKubelet: bringsKubelet(request),
  };
  if ("failure" in result) {
    const [failure] = result.failure.message.split("\n");
    return { ...known, failure };
  }
  const { cgroups, fileSystems } = result.facts;
  const freeAt = (path: string | undefined): number | undefined =>
    fileSystems.find(({ paths }) => path !== undefined && paths.includes(path))
      ?.freeBytes;
  const etcdFree = freeAt(
    hasEtcd(request) ? session.inventory.etcd?.dataDir : undefined,
  );
  const imagesFree = freeAt(missingImages.length > 0 ? IMAGES : undefined);
  return {
    ...known,
    ...(cgroups !== undefined && { cgroups }),
    ...(etcdFree !== undefined && { etcdFree }),
    ...(imagesFree !== undefined && { imagesFree }),
  };
}
