import { closeSync, openSync, readSync } from "node:fs";
import type { Construct } from "constructs";
import { etcdRelease } from "../../catalog/etcd";
import { ETCDUTL } from "../../catalog/etcd-backup";
import { lastValue } from "../../catalog/arguments";
import type { Site } from "../../catalog/site";
import {
  type BackupManifest,
  manifestSize,
  SNAPSHOT_ENTRY,
} from "../../request/backup";
import type { RestoreRequest, RolloutRequest } from "../../request/request";
import { TAR_BLOCK } from "../../request/tar-header";
import { hasToken } from "../../terraform/expression";
import { sourceMissing } from "../errors";
import { isFile, pathForAgent } from "../files";
import { binaryRequests, etcdBinaries } from "./binaries";
import type { ClusterProps } from "./cluster-props";
import {
  notConfirmed,
  notABackup,
  otherCluster,
  otherEtcdMinor,
  restoreWithWalDir,
} from "./etcd-errors";

/** Describes what happens to etcd's data. */
export interface EtcdDataProps {
  /**
   * Replaces etcd's data with those of a backup, once. What was written after the backup was made is lost; a plan says
   * so. The present data are kept on the hosts, and saved into one more backup if etcd still answers. Remove it from
   * the program when it is done: until then it has no further effect. Where `binaries` are delivered, `etcdutl` has to be
   * among them.
   * @default - etcd keeps its data
   */
  readonly restore?: EtcdRestoreProps;

  /**
   * Whether the cluster is saved into `backups` of the store before a deploy changes the version of Kubernetes or etcd,
   * and before a restore. The newest 5 of these backups are kept.
   * @default true
   */
  readonly snapshotBefore?: boolean;
}

/** Names the backup whose data etcd gets. */
export interface EtcdRestoreProps {
  /**
   * A file that `cdktf-control-plane backup` wrote, on this machine. It is of this cluster: its certificate authorities
   * have the same keys, and its etcd has the same minor.
   */
  readonly snapshot: string;

  /** The `clusterName` of the cluster whose data are replaced. */
  readonly confirm: string;
}

/** What the rollout is told about etcd's data. */
export function dataRequest(
  scope: Construct,
  site: Site,
  props: Pick<ClusterProps, "etcd" | "runtime">,
): Pick<RolloutRequest, "restore" | "noSnapshots"> {
  const { restore, snapshotBefore = true } = props.etcd?.data ?? {};
  return {
    ...(restore && {
      restore: {
        ...restoreRequest(scope, site, restore),
        ...etcdutl(scope, site, props),
      },
    }),
    ...(!snapshotBefore && { noSnapshots: true }),
  };
}

/** The program that makes etcd's data from a snapshot, where binaries are delivered: only a restore needs it. */
function etcdutl(
  scope: Construct,
  { version }: Site,
  props: Pick<ClusterProps, "etcd" | "runtime">,
): Pick<RestoreRequest, "program"> {
  const deliveries = { binaries: etcdBinaries(props), version };
  const [{ source }] = binaryRequests(scope, [ETCDUTL], deliveries);
  return source ? { program: source } : {};
}

/** What the rollout is told about a restore. Throws if the file is not a backup of this cluster. */
function restoreRequest(
  scope: Construct,
  site: Site,
  { snapshot, confirm }: EtcdRestoreProps,
): RestoreRequest {
  if (confirm !== site.clusterName)
    throw notConfirmed(confirm, site.clusterName);
  if (hasToken(snapshot) || !isFile(snapshot)) throw sourceMissing(snapshot);
  if (site.etcd.kind === "local" && lastValue(site.etcd.extraArgs, "wal-dir"))
    throw restoreWithWalDir();
  const manifest = manifestOf(snapshot);
  if (manifest === undefined) throw notABackup(snapshot);
  if (manifest.clusterName !== site.clusterName)
    throw otherCluster(snapshot, manifest.clusterName, site.clusterName);
  const release = etcdRelease(site);
  if (release && minorOf(release) !== minorOf(manifest.etcd.version))
    throw otherEtcdMinor(snapshot, manifest.etcd.version, release);
  return {
    file: pathForAgent(scope, snapshot),
    snapshot: manifest.files[SNAPSHOT_ENTRY],
    revision: manifest.etcd.revision,
    created: manifest.created,
  };
}

const minorOf = (release: string): string =>
  release.split(".").slice(0, 2).join(".");

/** The manifest at the beginning of a backup; `undefined` for any other file. The rollout examines the whole file. */
function manifestOf(path: string): BackupManifest | undefined {
  const file = openSync(path, "r");
  try {
    const block = Buffer.alloc(TAR_BLOCK);
    readSync(file, block, 0, TAR_BLOCK, 0);
    const content = Buffer.alloc(manifestSize(block) ?? 0);
    readSync(file, content, 0, content.length, TAR_BLOCK);
    const manifest = JSON.parse(content.toString()) as Partial<BackupManifest>;
    const { clusterName, created, etcd, files } = manifest;
    const texts = [
      clusterName,
      created,
      etcd?.version,
      etcd?.revision,
      files?.[SNAPSHOT_ENTRY],
    ];
    return texts.every((each) => typeof each === "string")
      ? (manifest as BackupManifest)
      : undefined;
  } catch {
    return undefined;
  } finally {
    closeSync(file);
  }
}
