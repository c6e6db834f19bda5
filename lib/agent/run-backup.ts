import type { BackupRequest } from "../request/request";
import type { Work } from "../store/work";
import { type Backup, backUp } from "./backup/backup";
import { Connections } from "./cluster/connections";

/** Saves the cluster of a store, which somebody asked for. */
export async function runBackup(
  { to, keep, keepDays }: BackupRequest,
  work: Work,
): Promise<Backup> {
  // Connections print that they wait for a host; here, only the result is printed.
  const connections = new Connections({ ...work, say: () => undefined });
  try {
    return await backUp(connections, {
      folder: to,
      retention: { number: keep, days: keepDays },
    });
  } finally {
    await connections.close();
  }
}
