import { newestBackup } from "../../agent/backup/newest";
import { distance } from "../../base/duration";
import { ETCD_BACKUP_UNITS } from "../../catalog/etcd-backup";
import type { NodeDrift } from "../../request/drift";
import type { Inventory } from "../../store/inventory";
import type { Style } from "../output";
import { enumerated } from "../text";
import type { InspectedBackup, LastBackup } from "./last-backup";
import { marked } from "./marks";

/** What a check has found of the snapshots that the hosts make of etcd. */
export interface CheckedBackups {
  readonly last?: LastBackup;
  readonly problems: readonly string[];
}

/** A snapshot is missing if none was made in this many intervals of the timer. */
const INTERVALS = 2;

/** What the snapshots on the hosts are like; `undefined` if no host that was examined makes some. */
export function checkedBackups(
  nodes: readonly Pick<NodeDrift, "node" | "backup">[],
  inventory: Pick<Inventory, "saved">,
  now: Date,
): CheckedBackups | undefined {
  const saving = nodes.flatMap(({ node, backup }) =>
    backup ? [{ node, ...backup }] : [],
  );
  if (saving.length === 0) return undefined;
  const { service } = ETCD_BACKUP_UNITS;
  const last = newestBackup(nodes, inventory);
  const failed = saving.filter((each) => each.failed).map(({ node }) => node);
  const interval = Math.max(...saving.map((each) => each.interval ?? Infinity));
  const age = last ? (now.getTime() - Date.parse(last.time)) / 1000 : 0;
  return {
    ...(last && { last }),
    problems: [
      ...(failed.length > 0
        ? [
            `the last run of ${service} failed on ${enumerated(failed)}: \`journalctl --unit=${service}\` there says why`,
          ]
        : []),
      ...(age > INTERVALS * interval
        ? [
            `etcd has not been saved for more than ${INTERVALS} times as long as its schedule allows: \`journalctl --unit=${service}\` on ${enumerated(saving.map(({ node }) => node))} says why`,
          ]
        : []),
    ],
  };
}

export function checkedBackupLines(
  { last, problems }: CheckedBackups,
  now: Date,
  style: Style,
): string[] {
  return [
    ...marked(
      problems.length > 0 ? "!" : " ",
      last
        ? `${lastSaved(last, now)}.`
        : "etcd has not been saved on its hosts yet.",
      style,
    ),
    ...problems.flatMap((problem) => marked("x", problem, style)),
  ];
}

/** `etcd was last saved 5 h ago, on cp-2` */
const lastSaved = ({ time, node, file = "" }: LastBackup, now: Date): string =>
  `etcd was last saved ${distance(time, now)}, ${node === undefined ? `in ${file}` : `on ${node}`}`;

/** Milliseconds after which a backup is called old. */
const OLD = 7 * 86_400_000;

/** The age of the last backup, and what to do if it is old, or if there is none. */
export function inspectedBackupLines(
  { last, periodic }: InspectedBackup,
  now: Date,
  style: Style,
): string[] {
  const what = periodic
    ? "Run `cdktf-control-plane check`, which looks for newer ones on the hosts."
    : "Run `cdktf-control-plane backup`, or let the hosts save it with etcd.backup.";
  if (last === undefined)
    return marked(
      periodic ? "!" : " ",
      `No backup of etcd is known. ${what}`,
      style,
    );
  const isOld = now.getTime() - Date.parse(last.time) > OLD;
  return isOld
    ? marked("!", `${lastSaved(last, now)}. ${what}`, style)
    : marked(" ", `${lastSaved(last, now)}.`, style);
}
