import { type BackupManifest, MANIFEST_ENTRY } from "../../lib/request/backup";
import { TAR_BLOCK, tarSize } from "../../lib/request/tar-header";

const MANIFEST: BackupManifest = {
  format: 1,
  clusterName: "prod",
  created: "2026-11-29T21:05:01.000Z",
  kubernetesVersion: "v1.36.3",
  etcd: {
    version: "3.6.8",
    clusterId: "1",
    takenFrom: "cp-2",
    members: ["cp-1", "cp-2", "cp-3"],
    revision: "446",
  },
  files: { "etcd.db": "a".repeat(64) },
  keys: {},
};

/** The beginning of a backup, as far as synthesis reads it. */
export function backupBeginning(
  manifest: Partial<BackupManifest> = {},
  etcdVersion = "3.6.8",
): Buffer {
  const etcd = { ...MANIFEST.etcd, version: etcdVersion };
  const content = JSON.stringify({ ...MANIFEST, etcd, ...manifest });
  const whole = Buffer.alloc(TAR_BLOCK + tarSize(content.length));
  whole.write(MANIFEST_ENTRY, 0);
  whole.write(content.length.toString(8).padStart(11, "0"), 124);
  whole.write("ustar", 257);
  whole.write(content, TAR_BLOCK);
  return whole;
}
