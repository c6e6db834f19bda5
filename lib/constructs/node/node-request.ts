import { statSync } from "node:fs";
import { posix } from "node:path";
import type { Construct } from "constructs";
import { etcdNodes } from "../../catalog/etcd";
import type { Site } from "../../catalog/site";
import {
  controlPlaneNodeRequest,
  etcdNodeRequest,
  type RenderedNode,
} from "../../render/node-components";
import type { BinaryRequest, NodeRequest } from "../../request/request";
import { fromStack } from "../../terraform/store-folder";
import { hasToken } from "../../terraform/expression";
import type { ClusterProps, ImagesProps } from "../site/cluster-props";
import { sourceMissing } from "../errors";
import { fileReference } from "../files";
import { NodeAccess } from "../site/node-access";
import { invalidMaxUnavailable, kubeletHealthOff } from "../site/node-errors";
import type { MachineProps } from "../site/node-props";

/** What this machine delivers to nodes besides their trees. */
export interface Deliveries {
  readonly images?: ImagesProps;
  /** The directory on this machine with their binaries. */
  readonly binaries?: string;
}

/** The node requests of a control plane's rollout. Dedicated etcd hosts come first. */
export function controlPlaneRequests(
  scope: Construct,
  site: Site,
  { nodes, images, runtime, etcd }: ClusterProps,
): NodeRequest[] {
  const binaries = runtime?.binaries;
  const etcdMachines = etcd?.machines ?? [];
  return [
    ...etcdMachines.map((machine, i) =>
      nodeRequest(scope, etcdNodeRequest(site, etcdNodes(site)[i]), machine, {
        binaries: (etcd?.dedicated?.runtime ?? runtime)?.binaries,
      }),
    ),
    ...site.nodes.map((node, i) =>
      nodeRequest(scope, controlPlaneNodeRequest(site, node), nodes[i], {
        images,
        binaries,
      }),
    ),
  ];
}

/** The request that tells a rollout about a node. */
export function nodeRequest(
  scope: Construct,
  rendered: RenderedNode,
  machine: MachineProps,
  { images: { archives = [] } = {}, binaries }: Deliveries,
): NodeRequest {
  const { access = NodeAccess.directory(), machineId, retire } = machine;
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
      binaries: rendered.binaries.map(({ path }) =>
        binaryRequest(scope, path, binaries),
      ),
    }),
  };
}

/** The request for a binary of a node. With a `directory` of this machine, the rollout delivers it from there. */
export function binaryRequest(
  scope: Construct,
  path: string,
  directory?: string,
): BinaryRequest {
  if (directory === undefined) return { path };
  const source = posix.join(directory, posix.basename(path));
  return { path, source: fileReference(scope, source) };
}

function archivePath(scope: Construct, archive: string): string {
  if (hasToken(archive)) return archive;
  if (!statSync(archive, { throwIfNoEntry: false })?.isFile())
    throw sourceMissing(archive);
  return fromStack(scope, archive);
}

/** @param where The place for the error message, such as `the control plane`. */
export function maxUnavailableOf(given: number | undefined, where: string) {
  const number = given ?? 1;
  if (!Number.isInteger(number) || number < 1)
    throw invalidMaxUnavailable(where, number);
  return number;
}
