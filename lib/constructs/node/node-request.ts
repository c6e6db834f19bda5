import type { Construct } from "constructs";
import { etcdNodes } from "../../catalog/etcd";
import type { Site } from "../../catalog/site";
import {
  controlPlaneNodeRequest,
  etcdNodeRequest,
  type RenderedNode,
} from "../../render/node-components";
import type { NodeRequest } from "../../request/request";
import { fromStack } from "../../terraform/store-folder";
import { hasToken } from "../../terraform/expression";
import type { ClusterProps, ImagesProps } from "../site/cluster-props";
import {
  type BinaryDeliveries,
  binaryRequests,
  etcdBinaries,
} from "../site/binaries";
import { sourceMissing } from "../errors";
import { isFile } from "../files";
import { NodeAccess } from "../site/node-access";
import { invalidMaxUnavailable, kubeletHealthOff } from "../site/node-errors";
import type { MachineProps } from "../site/node-props";

/** What this machine delivers to nodes besides their trees. */
export interface Deliveries extends BinaryDeliveries {
  readonly images?: ImagesProps;
}

/** The node requests of a control plane's rollout. Dedicated etcd hosts come first. */
export function controlPlaneRequests(
  scope: Construct,
  site: Site,
  { nodes, images, runtime, etcd }: ClusterProps,
): NodeRequest[] {
  const { version } = site;
  const binaries = runtime?.binaries;
  const etcdMachines = etcd?.machines ?? [];
  return [
    ...etcdMachines.map((machine, i) =>
      nodeRequest(scope, etcdNodeRequest(site, etcdNodes(site)[i]), machine, {
        binaries: etcdBinaries({ etcd, runtime }),
        version,
      }),
    ),
    ...site.nodes.map((node, i) =>
      nodeRequest(scope, controlPlaneNodeRequest(site, node), nodes[i], {
        images,
        binaries,
        version,
      }),
    ),
  ];
}

/** The request that tells a rollout about a node. */
export function nodeRequest(
  scope: Construct,
  rendered: RenderedNode,
  machine: MachineProps,
  deliveries: Deliveries,
): NodeRequest {
  const { access = NodeAccess.directory(), machineId, retire } = machine;
  const { archives = [] } = deliveries.images ?? {};
  if (
    access.isHosted &&
    rendered.components.some(({ health }) => health?.port === 0)
  )
    throw kubeletHealthOff(machine.name);
  return {
    ...rendered,
    access: access.request(scope),
    ...(machineId !== undefined && { machineId }),
    ...(retire && { retire }),
    imageArchives: archives.map((archive) => archivePath(scope, archive)),
    ...(rendered.binaries && {
      binaries: binaryRequests(
        scope,
        rendered.binaries.map(({ path }) => path),
        deliveries,
      ),
    }),
  };
}

function archivePath(scope: Construct, archive: string): string {
  if (hasToken(archive)) return archive;
  if (!isFile(archive)) throw sourceMissing(archive);
  return fromStack(scope, archive);
}

/** @param where The place for the error message, such as `the control plane`. */
export function maxUnavailableOf(given: number | undefined, where: string) {
  const number = given ?? 1;
  if (!Number.isInteger(number) || number < 1)
    throw invalidMaxUnavailable(where, number);
  return number;
}
