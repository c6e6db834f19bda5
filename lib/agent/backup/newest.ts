import type { NodeDrift } from "../../request/drift";
import type { Inventory } from "../../store/inventory";

/** The newest snapshot on any host: one that is found now, or else the one that is known already. */
export const newestBackup = (
  drifts: readonly Pick<NodeDrift, "node" | "backup">[],
  { saved }: Pick<Inventory, "saved">,
): Inventory["saved"] =>
  drifts.reduce(
    (newest, { node, backup }) =>
      backup?.newest !== undefined &&
      (newest === undefined || backup.newest > newest.time)
        ? { node, time: backup.newest }
        : newest,
    saved,
  );
