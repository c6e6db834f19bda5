import type { Backup } from "../../agent/backup/backup";
import { sizeInWords } from "../../base/size";
import { distance } from "../../base/duration";
import { printable } from "../../base/visible";
import { type BackupManifest, SNAPSHOT_ENTRY } from "../../request/backup";
import { thousands } from "../names";
import { count, type Style } from "../output";
import { enumerated, storeTitle, wrap } from "../text";
import { marked } from "./marks";

/** What became of the backup of a store. */
export interface SavedStore {
  readonly store: string;
  readonly clusterName?: string;
  readonly backup?: Omit<Backup, "path"> & { readonly file: string };
  /** Why it was not written. */
  readonly failure?: string;
}

/** What a backup file is. */
export interface ReadBackup {
  readonly file: string;
  readonly manifest?: BackupManifest;
  /** Bytes. */
  readonly size?: number;
  /** Why it is not a whole backup. */
  readonly failure?: string;
}

export function backupLines(saved: SavedStore, style: Style): string[] {
  const { failure, backup, ...about } = printable(saved);
  const title = style.bold(storeTitle(about));
  if (backup === undefined) return [title, "", ...failureLines(failure, style)];
  const { file, manifest, size, removed } = backup;
  return [
    title,
    "",
    ...marked(" ", file, style),
    ...contentLines(manifest, size, style),
    ...(removed.length > 0
      ? wrap(
          `    removed ${count(removed.length, "older backup")}: ${enumerated(removed)}`,
          style.width,
        )
      : []),
    "",
    ...wrap(
      "It holds every Secret of the cluster, and its keys. Copy it to another place, where nobody else can read it.",
      style.width,
    ),
  ];
}

export function verifiedLines(
  read: ReadBackup,
  now: number,
  style: Style,
): string[] {
  const { file, manifest, size = 0, failure = "" } = printable(read);
  if (manifest === undefined) return failureLines(failure, style);
  const made = `${manifest.created.replace(/T(\d\d:\d\d).*/, " $1")} UTC, ${distance(manifest.created, new Date(now))}`;
  return [
    ...marked(" ", `${file}: a whole backup of ${manifest.clusterName}`, style),
    `    made ${made}`,
    ...contentLines(manifest, size, style),
  ];
}

const memberWords = ({ takenFrom, members }: BackupManifest["etcd"]): string =>
  members.length > 1
    ? `from ${takenFrom} of ${enumerated(members)}`
    : `from ${takenFrom}`;

function failureLines(failure = "", style: Style): string[] {
  const [first, ...more] = failure.split("\n");
  return [
    ...marked("x", first, style),
    ...more.flatMap((line) => wrap(`  ${line}`, style.width)),
  ];
}

function contentLines(
  { etcd, files, kubernetesVersion }: BackupManifest,
  size: number,
  { width }: Style,
): string[] {
  const others = Object.keys(files).filter((name) => name !== SNAPSHOT_ENTRY);
  return [
    ...wrap(
      `    ${sizeInWords(size)}: etcd ${etcd.version} at revision ${thousands(Number(etcd.revision))}, ${memberWords(etcd)}`,
      width,
    ),
    ...wrap(
      `    of Kubernetes ${kubernetesVersion}, with ${count(others.length, "file")} of keys and certificates`,
      width,
    ),
  ];
}
