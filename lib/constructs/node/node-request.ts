import { statSync } from "node:fs";
import { posix } from "node:path";
import type { Construct } from "constructs";
import { etcdNodes } from "../../catalog/etcd";
import type { Site } from "../../catalog/site";
import {
  controlPlaneNodeFacts,
  etcdNodeFacts,
  type NodeFacts,
} from "../../render/node-request";
import type { BinaryRequest, NodeRequest } from "../../terraform/rollout";
import { fromStack } from "../../terraform/store-folder";
import { hasToken } from "../../terraform/expression";
import type { ClusterProps, ImagesProps } from "../site/cluster-props";
import { sourceMissing } from "../errors";
import { fileReference } from "../files";
import { NodeAccess } from "../site/node-access";
import { invalidMaxUnavailable, kubeletHealthOff } from "../site/node-errors";
import type { MachineProps } from "../site/node-props";

/** What nodes get from this machine. */
export interface Deliveries {
  readonly images?: ImagesProps;
  /** The directory of their binaries. */
  readonly binaries?: string;
}

/** What a rollout is told of a control plane's nodes: those of an etcd on hosts of its own come first. */
export function controlPlaneRequests(
  scope: Construct,
  site: Site,
  { nodes, images, runtime, etcd }: ClusterProps,
): NodeRequest[] {
  const binaries = runtime?.binaries;
  const own = etcd?.machines ?? [];
  return [
    ...own.map((machine, i) =>
      nodeRequest(scope, etcdNodeFacts(site, etcdNodes(site)[i]), machine, {
        binaries: (etcd?.dedicated?.runtime ?? runtime)?.binaries,
      }),
    ),
    ...site.nodes.map((node, i) =>
      nodeRequest(scope, controlPlaneNodeFacts(site, node), nodes[i], {
        images,
        binaries,
      }),
    ),
  ];
}

/** What a rollout is told of a node. */
export function nodeRequest(
  scope: Construct,
  facts: NodeFacts,
  machine: MachineProps,
  { images: { archives = [] } = {}, binaries }: Deliveries,
): NodeRequest {
  const { access = NodeAccess.directory(), machineId, retire } = machine;
  if (
    access.isHosted &&
    facts.components.some(({ health }) => health?.port === 0)
  )
    throw kubeletHealthOff(machine.name);
  return {
    ...facts,
    access: access.request(scope),
    ...(machineId !== undefined && { machineId }),
    ...(retire && { retire }),
    imageArchives: archives.map((archive) => archivePath(scope, archive)),
    ...(facts.binaries && {
      binaries: facts.binaries.map(({ path }) =>
        binaryRequest(scope, path, binaries),
      ),
    }),
  };
}

/** A binary of a node, brought from a directory of this machine where there is one. */
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

/** @param where `the control plane` */
export function maxUnavailableOf(given: number | undefined, where: string) {
  const number = given ?? 1;
  if (!Number.isInteger(number) || number < 1)
    throw invalidMaxUnavailable(where, number);
  return number;
}
