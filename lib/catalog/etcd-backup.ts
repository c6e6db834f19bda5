import { frozen } from "./frozen";
import { UNITS_DIR } from "./paths";
import type { LocalEtcd, Site } from "./site";

/** The units that save etcd on its own hosts: the timer starts the service. */
export const ETCD_BACKUP_UNITS = frozen({
  timer: "etcd-backup.timer",
  service: "etcd-backup.service",
});

/** The component whose unit is the timer. */
export const ETCD_BACKUP = "etcd-backup";

/** The defaults of the props. */
export const ETCD_BACKUP_DEFAULTS = frozen({
  keep: 7,
  directory: "/var/backups/etcd",
});

/** The program of etcd that saves it. It is in etcd's image, and beside etcd in its releases. */
export const ETCDCTL = "etcdctl";

/** The program that makes etcd's data from a snapshot. It is where etcdctl is. */
export const ETCDUTL = "etcdutl";

/** The program of a host with which something runs in a container. */
export const CRICTL = "crictl";

/** How the names of the files with snapshots end, and those of the files with their SHA-256. */
export const SNAPSHOT_ENDING = ".db";

/** The paths of the files that save etcd on a node. */
export function etcdBackupPaths({
  kubernetesDir,
}: Pick<Site, "kubernetesDir">) {
  return {
    script: `${kubernetesDir}/etcd-backup/save`,
    timer: `${UNITS_DIR}/${ETCD_BACKUP_UNITS.timer}`,
    service: `${UNITS_DIR}/${ETCD_BACKUP_UNITS.service}`,
  };
}

/** How etcd's own hosts save it; `undefined` if they don't. */
export const etcdBackup = ({ etcd }: Site): LocalEtcd["backup"] =>
  etcd.kind === "local" ? etcd.backup : undefined;
