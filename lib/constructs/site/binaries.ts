import { posix } from "node:path";
import type { Construct } from "constructs";
import type { KubernetesVersion } from "../../catalog/versions";
import type { BinaryRequest } from "../../request/request";
import { fileReference, isFile } from "../files";
import type { ClusterProps } from "./cluster-props";
import { binariesMissing } from "./runtime-errors";

/** From where binaries are delivered. */
export interface BinaryDeliveries {
  /** The directory on this machine with the binaries of the nodes. */
  readonly binaries?: string;
  /** The cluster's version, for the error that says where to get missing binaries. */
  readonly version?: KubernetesVersion;
}

/** The requests for binaries of a node. With a directory of this machine, the rollout delivers them from there. */
export function binaryRequests(
  scope: Construct,
  paths: readonly string[],
  { binaries: directory, version }: BinaryDeliveries,
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

/** The directory of the binaries for the hosts of etcd. */
export const etcdBinaries = ({
  etcd,
  runtime,
}: Pick<ClusterProps, "etcd" | "runtime">): string | undefined =>
  (etcd?.dedicated?.runtime ?? runtime)?.binaries;
