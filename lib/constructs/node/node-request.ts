import { posix } from "node:path";
import type { Construct } from "constructs";
import { etcdNodes } from "../../catalog/etcd";
import type { Site } from "../../catalog/site";
import type { KubernetesVersion } from "../../catalog/versions";
import {
  controlPlaneNodeRequest,
  etcdNodeRequest,
  type RenderedNode,
} from "../../render/node-components";
import type { BinaryRequest, NodeRequest } from "../../request/request";
import { fromStack } from "../../terraform/store-folder";
import { hasToken } from "../../terraform/expression";
import type { ClusterProps, ImagesProps } from "../site/cluster-props";
import { binariesMissing } from "../site/runtime-errors";
import { sourceMissing } from "../errors";
import { fileReference, isFile } from "../files";
import { NodeAccess } from "../site/node-access";
import { invalidMaxUnavailable, kubeletHealthOff } from "../site/node-errors";
import type { MachineProps } from "../site/node-props";

/** What this machine delivers to nodes besides their trees. */
export interface Deliveries {
  readonly images?: ImagesProps;
  /** The directory on this machine with their binaries. */
  readonly binaries?: string;
  /** The cluster's version, for the error that says where to get missing binaries. */
  readonly version?: KubernetesVersion;
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
        binaries: (etcd?.dedicated?.runtime ?? runtime)?.binaries,
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

/** The requests for binaries of a node. With a `directory` of this machine, the rollout delivers them from there. */
export function binaryRequests(
  scope: Construct,
  paths: readonly string[],
  { binaries: directory, version }: Deliveries,
): BinaryRequest[] {
  if (directory === undefined) return paths.map((path) => ({ path }));
  const fileOf = (path: string): string =>
    posix.join(directory, posix.basename(path));
  const missing = paths.filter((path) => !isFile(fileOf(path)));
  if (missing.length > 0)
    throw binariesMissing(
      directory,
      missing.map((path) => posix.basename(path)),
      version?.text,
    );
  return paths.map((path) => ({
    path,
    source: fileReference(scope, fileOf(path)),
  }));
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
