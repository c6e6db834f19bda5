import { ETCD_BACKUP_UNITS, SNAPSHOT_ENDING } from "../../catalog/etcd-backup";
import { printable } from "../../base/visible";
import { timeIn } from "../../request/backup-time";
import type { NodeBackupRequest } from "../../request/request";
import type { Host } from "./host";
import { inquire } from "./inquiry";
import BACKUP_FACTS from "./scripts/backup-facts.sh";

/** How a host saves etcd. */
export interface BackupFacts {
  /** What systemd says against the schedule. */
  readonly refused?: string;
  /** The longest time between two of the next runs, in milliseconds; absent if systemd does not tell. */
  readonly interval?: number;
  /** Whether the program that reaches etcd is there. */
  readonly program: boolean;
  /** When its newest snapshot was made, in milliseconds since 1970. */
  readonly newest?: number;
  /** Whether its last run failed. */
  readonly failed: boolean;
}

const TIMEOUT = 30_000;

/** Examines a host in one round trip. */
export async function readBackupFacts(
  host: Host,
  { schedule, directory, program }: NodeBackupRequest,
  clusterName: string,
): Promise<BackupFacts> {
  const { text, all } = await inquire(host, {
    script: BACKUP_FACTS,
    args: [
      schedule,
      directory,
      program,
      clusterName,
      ETCD_BACKUP_UNITS.service,
    ],
    timeout: TIMEOUT,
  });
  const newest = text("newest") ?? "";
  const prefix = `${clusterName}-`;
  return printable({
    refused: text("refused"),
    interval: longestInterval(text("runs") ?? ""),
    program: all("program").length > 0,
    newest:
      newest.startsWith(prefix) && newest.endsWith(SNAPSHOT_ENDING)
        ? timeIn(newest.slice(prefix.length, -SNAPSHOT_ENDING.length))
        : undefined,
    failed: failedIn(text("result") ?? ""),
  });
}

/** A unit that never ran has the result `success`; one that systemd does not know has it, too. */
const failedIn = (said: string): boolean =>
  !["", "success"].includes(/^Result=(.*)$/m.exec(said)?.[1] ?? "");

/** Reads the times of the next runs: `Next elapse: Mon 2026-11-30 03:00:00 UTC`, `Iter. #2: Tue 2026-12-01 …`. */
export function longestInterval(said: string): number | undefined {
  const times = [
    ...said.matchAll(
      /^ *(?:Next elapse|Iter(?:\.|ation) #\d+): \w+ (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC$/gm,
    ),
  ].map(([, date, time]) => Date.parse(`${date}T${time}Z`));
  const intervals = times.slice(1).map((time, at) => time - times[at]);
  return intervals.length > 0 ? Math.max(...intervals) : undefined;
}
