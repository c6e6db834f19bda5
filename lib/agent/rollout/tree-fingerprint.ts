import type { HostFile } from "../hosts/host";
import type { BinaryRequest } from "../../request/request";
import { fingerprintOf, wantedFiles } from "./wanted";

/** Of what a node is to have, whatever its host's own state adds to that. */
export function treeFingerprint(
  tree: readonly HostFile[],
  binaries: readonly BinaryRequest[] = [],
): string {
  const files = wantedFiles(
    tree,
    { hasEtcdData: false, kept: [], now: 0 },
    // The list of members is none of an etcd's business that has begun.
    { initialCluster: "" },
  );
  return fingerprintOf([
    ...files.map((file) => ({
      ...file,
      path: `${file.path} ${file.mode} ${file.owner}`,
    })),
    ...binaries.flatMap(({ path, source }) =>
      source ? [{ path, content: Buffer.from(source.sha256) }] : [],
    ),
  ]);
}
