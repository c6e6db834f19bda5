import type { HostFile } from "../hosts/host";
import type { BinaryRequest } from "../../request/request";
import { fingerprintOf, wantedFiles } from "./wanted";

/** Fingerprint of what a node should have, without what depends on the state of its host. */
export function treeFingerprint(
  tree: readonly HostFile[],
  binaries: readonly BinaryRequest[] = [],
): string {
  const files = wantedFiles(
    tree,
    { hasEtcdData: false, kept: [], now: 0 },
    // An etcd that has started ignores the list of first members.
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
