import { rfc3339 } from "../../base/duration";
import type { HostBackup, NodeDrift } from "../../request/drift";
import type { Inventory } from "../../store/inventory";
import type { BackupFacts } from "../hosts/backup-facts";

/** Milliseconds by which the clock of a host may be ahead. */
const CLOCK_TOLERANCE = 60_000;

/** What is said of a host that saves etcd. A snapshot from the future would hide for years that nothing is saved. */
export const hostBackup = (
  {
    newest,
    interval,
    failed,
  }: Pick<BackupFacts, "newest" | "interval" | "failed">,
  now: number,
): HostBackup => ({
  ...(newest !== undefined &&
    newest <= now + CLOCK_TOLERANCE && { newest: rfc3339(new Date(newest)) }),
  ...(interval !== undefined && { interval: interval / 1000 }),
  failed,
});

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
