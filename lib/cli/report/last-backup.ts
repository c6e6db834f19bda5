import { backupTime } from "../../agent/backup/retention";
import { listIfThere } from "../../base/files";
import { rfc3339 } from "../../base/duration";
import { BACKUPS } from "../../catalog/paths";
import { hasEtcd, runsProcesses } from "../../request/roles";
import type { Inventory } from "../../store/inventory";
import type { Store } from "../../store/store";

/** The newest backup of a cluster that its store knows. */
export interface LastBackup {
  /** As in RFC 3339. */
  readonly time: string;
  /** The host with a snapshot of etcd, as the last check found it. */
  readonly node?: string;
  /** The file in the store. */
  readonly file?: string;
}

/** The newer one of the newest backup in the store, and of the newest snapshot that a check found on a host. */
export function lastBackup(
  { clusterName = "", saved }: Pick<Inventory, "clusterName" | "saved">,
  files: readonly string[],
): LastBackup | undefined {
  const folder = `${BACKUPS}/`;
  const inStore = files.flatMap((file): LastBackup[] => {
    const time = file.startsWith(folder)
      ? backupTime(file.slice(folder.length), clusterName)
      : undefined;
    return time === undefined ? [] : [{ time: rfc3339(new Date(time)), file }];
  });
  return [...(saved ? [saved] : []), ...inStore]
    .sort((a, b) => a.time.localeCompare(b.time))
    .at(-1);
}

/** What a store knows of backups. */
export interface InspectedBackup {
  readonly last?: LastBackup;
  /** Whether the hosts save etcd by themselves. */
  readonly periodic: boolean;
}

/** What a store knows of backups. Nothing is told of an etcd that does not run on hosts. */
export function inspectBackup(store: Store): {
  readonly backup?: InspectedBackup;
} {
  const inventory: Partial<Inventory> = store.inventory() ?? {};
  const members = Object.values(inventory.nodes ?? {}).filter(
    (node) => hasEtcd(node) && !runsProcesses(node) && !node.retired,
  );
  if (members.length === 0) return {};
  const files = listIfThere(store.at(BACKUPS)).map(
    (name) => `${BACKUPS}/${name}`,
  );
  const last = lastBackup(inventory, files);
  const periodic = members.some(({ backup }) => backup !== undefined);
  return { backup: { ...(last && { last }), periodic } };
}
