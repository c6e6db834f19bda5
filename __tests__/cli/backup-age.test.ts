import { PLAIN } from "../../lib/cli/output";
import {
  checkedBackupLines,
  checkedBackups,
  inspectedBackupLines,
} from "../../lib/cli/report/backup-age";
import {
  type InspectedBackup,
  lastBackup,
} from "../../lib/cli/report/last-backup";
import type { HostBackup } from "../../lib/request/drift";

const NOW = new Date("2026-11-29T12:00:00Z");
const DAY = 86_400;

const checked = (
  backups: Readonly<Record<string, Partial<HostBackup>>>,
  saved?: { node: string; time: string },
): string[] | undefined => {
  const nodes = Object.entries(backups).map(([node, backup]) => ({
    node,
    backup: { failed: false, interval: DAY, ...backup },
  }));
  const found = checkedBackups(nodes, { saved }, NOW);
  return found && checkedBackupLines(found, NOW, { ...PLAIN, width: 1000 });
};

test("a check says nothing if no host saves etcd", () => {
  expect(checked({})).toBeUndefined();
});

test("a check names the newest snapshot of all hosts", () => {
  expect(
    checked({
      "cp-1": { newest: "2026-11-28T03:00:00Z" },
      "cp-2": { newest: "2026-11-29T03:00:00Z" },
      "cp-3": {},
    }),
  ).toEqual(["  etcd was last saved 9 h ago, on cp-2."]);
});

test("a new cluster has no snapshot yet, which is no problem", () => {
  expect(checked({ "cp-1": {} })).toEqual([
    "  etcd has not been saved on its hosts yet.",
  ]);
});

test("a host that does not answer may have the newest snapshot, which an earlier check has seen", () => {
  expect(
    checked(
      { "cp-1": { newest: "2026-11-20T03:00:00Z" } },
      { node: "cp-2", time: "2026-11-29T03:00:00Z" },
    ),
  ).toEqual(["  etcd was last saved 9 h ago, on cp-2."]);
});

test("a check warns of a snapshot that is older than two intervals", () => {
  expect(checked({ "cp-1": { newest: "2026-11-27T11:59:59Z" } })).toEqual([
    "! etcd was last saved 2 d ago, on cp-1.",
    "x etcd has not been saved for more than 2 times as long as its schedule allows: `journalctl --unit=etcd-backup.service` on cp-1 says why",
  ]);
  expect(checked({ "cp-1": { newest: "2026-11-27T12:00:00Z" } })).toHaveLength(
    1,
  );
});

test("an interval that systemd does not tell makes no snapshot old", () => {
  expect(
    checked({
      "cp-1": { newest: "2020-01-01T00:00:00Z", interval: undefined },
    }),
  ).toHaveLength(1);
});

test("a check names the hosts on which the last run failed", () => {
  expect(
    checked({
      "cp-1": { newest: "2026-11-29T03:00:00Z", failed: true },
      "cp-2": { failed: true },
    }),
  ).toEqual([
    "! etcd was last saved 9 h ago, on cp-1.",
    "x the last run of etcd-backup.service failed on cp-1 and cp-2: `journalctl --unit=etcd-backup.service` there says why",
  ]);
});

test.each<[string, InspectedBackup, string]>([
  [
    "a new one in the store",
    {
      last: {
        time: "2026-11-29T11:00:00Z",
        file: "backups/prod-20261129T110000Z.backup",
      },
      periodic: false,
    },
    "  etcd was last saved 60 min ago, in backups/prod-20261129T110000Z.backup.",
  ],
  [
    "an old one on a host",
    { last: { time: "2026-11-20T12:00:00Z", node: "cp-2" }, periodic: true },
    "! etcd was last saved 9 d ago, on cp-2. Run `cdktf-control-plane check`, which looks for newer ones on the hosts.",
  ],
  [
    "none, although the hosts make some",
    { periodic: true },
    "! No backup of etcd is known. Run `cdktf-control-plane check`, which looks for newer ones on the hosts.",
  ],
  [
    "none",
    { periodic: false },
    "  No backup of etcd is known. Run `cdktf-control-plane backup`, or let the hosts save it with etcd.backup.",
  ],
])("an inspection tells of the last backup: %s", (_, backup, line) => {
  expect(inspectedBackupLines(backup, NOW, { ...PLAIN, width: 1000 })).toEqual([
    line,
  ]);
});

test("the last backup is the newest one in the store or on a host, and of this cluster", () => {
  const files = [
    "pki/ca.crt",
    "backups/prod-20261127T000000Z.backup",
    "backups/prod-20261128T000000Z-before-upgrade.backup",
    "backups/other-20261129T000000Z.backup",
    "backups/prod-20261129T000000Z.backup.part",
  ];
  const saved = { node: "cp-1", time: "2026-11-28T12:00:00Z" };
  expect(lastBackup({ clusterName: "prod" }, files)).toEqual({
    time: "2026-11-28T00:00:00Z",
    file: files[2],
  });
  expect(lastBackup({ clusterName: "prod", saved }, files)).toEqual(saved);
  expect(lastBackup({ clusterName: "prod" }, [])).toBeUndefined();
});
