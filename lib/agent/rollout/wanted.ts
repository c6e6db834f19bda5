import { filesReadAtStart } from "./files-read";
import { isManifest } from "../../catalog/paths";
import { toYaml } from "../../render/yaml";
import { sha256 } from "../../base/files";
import type { HostFile } from "../hosts/host";
import { attempt } from "../../base/shape";
import { readYaml } from "../../base/yaml";
import {
  podWithInitialFlags,
  unitWithInitialFlags,
  POD,
} from "./etcd-initial-flags";
import { withOwnCredentials } from "./kubelet-credentials";
import {
  ETCD_MANIFEST,
  ETCD_UNIT,
  type Joining,
  KUBELET_KUBECONFIG,
  type Present,
} from "./present";
import { readTreeYaml } from "./tree-yaml";

const FILES_ANNOTATION = "cdktf-control-plane/files";
const REPAIRED_ANNOTATION = "cdktf-control-plane/repaired";

/**
 * The tree as this host should have it. It differs in these ways: a static pod carries a fingerprint of the files that
 * its command names, and a token if they were repaired, so that kubelet restarts it when one of them changes; etcd
 * keeps the flags of its first start; and a kubelet keeps the credentials that it renewed itself.
 */
export function wantedFiles(
  tree: readonly HostFile[],
  present: Present,
  joining?: Joining,
): HostFile[] {
  const kept = new Set(present.kept.map(({ path }) => path));
  return [
    ...tree
      .filter(({ path }) => !kept.has(path))
      .map((file) => {
        if (isManifest(file.path))
          return withFingerprint(file, tree, present, joining);
        if (file.path === ETCD_UNIT)
          return unitWithInitialFlags(file, present, joining);
        if (file.path === KUBELET_KUBECONFIG)
          return withOwnCredentials(file, present);
        return file;
      }),
    ...present.kept,
  ];
}

/** The tree with other content in some of its files: what signs, and what encrypts, waits for its turn. */
export const withFiles = (
  tree: readonly HostFile[],
  others: readonly Pick<HostFile, "path" | "content">[],
): HostFile[] =>
  tree.map((file) => {
    const other = others.find(({ path }) => path === file.path);
    return other ? { ...file, content: other.content } : file;
  });

function withFingerprint(
  file: HostFile,
  tree: readonly HostFile[],
  present: Present,
  joining: Joining | undefined,
): HostFile {
  const given = readTreeYaml(file, POD);
  const pod =
    file.path === ETCD_MANIFEST
      ? podWithInitialFlags(given, present, joining)
      : given;
  const command = pod.spec.containers.flatMap((each) => each.command ?? []);
  // The files that flags name: `--tls-cert-file=/etc/…`.
  const named = filesReadAtStart(command);
  const read = tree.filter(({ path }) => named.has(path));
  const fingerprint = fingerprintOf(read);
  return {
    ...file,
    content: Buffer.from(
      toYaml({
        ...pod,
        metadata: {
          ...pod.metadata,
          annotations: {
            ...pod.metadata.annotations,
            [FILES_ANNOTATION]: fingerprint,
            ...repairAnnotation(file.path, fingerprint, read, present),
          },
        },
      }),
    ),
  };
}

/**
 * If somebody edited the manifest of a static pod or a file that it reads, the pod restarts with the repair, because it
 * may have read the edited file. The token of that repair stays afterwards.
 */
function repairAnnotation(
  path: string,
  fingerprint: string,
  read: readonly HostFile[],
  { startFiles, edited, repair }: Present,
): Readonly<Record<string, string>> {
  const manifest = startFiles?.get(path);
  // A manifest that somebody broke is replaced by the tree's.
  const pod = manifest && attempt(() => readYaml(manifest, POD));
  const { annotations = {} } = pod?.metadata ?? {};
  const goesOn = annotations[FILES_ANNOTATION] === fingerprint;
  const isRepaired =
    edited?.has(path) ||
    (goesOn && read.some((file) => edited?.has(file.path)));
  const present = goesOn ? annotations[REPAIRED_ANNOTATION] : undefined;
  const token = isRepaired ? repair : present;
  return token === undefined ? {} : { [REPAIRED_ANNOTATION]: token };
}

/** Fingerprint of paths and contents; the order of the files does not matter. */
export function fingerprintOf(
  files: readonly Pick<HostFile, "path" | "content">[],
): string {
  const lines = [...files]
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ path, content }) => `${path} ${sha256(content)}\n`);
  return sha256(lines.join(""));
}
