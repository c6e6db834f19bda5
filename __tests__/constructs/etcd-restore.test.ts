import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type ControlPlaneProps,
  Etcd,
  type EtcdRestoreProps,
  Runtime,
} from "../../lib";
import type { RolloutRequest } from "../../lib/request/request";
import { backupBeginning } from "../support/backup-file";
import { cluster } from "../support/cluster";
import { messageOf } from "../support/errors";
import { resourcesOf } from "../support/rollouts";

const folder = mkdtempSync(join(tmpdir(), "restore-"));
const path = join(folder, "prod.backup");
afterAll(() => rmSync(folder, { recursive: true }));

const PROGRAMS = [
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kube-proxy",
  "kubelet",
];

const clusterOf = (props: Partial<ControlPlaneProps>) => {
  const rollout = resourcesOf(
    cluster({ clusterName: "prod", kubernetesVersion: "1.36.3", ...props }),
  ).find(({ path }) => path.endsWith("/rollout"))!;
  return {
    triggers: rollout.triggers,
    request: rollout.request as RolloutRequest,
  };
};

const restored = (content: Buffer, restore: Partial<EtcdRestoreProps> = {}) => {
  writeFileSync(path, content);
  return clusterOf({
    etcd: Etcd.stacked({
      restore: { snapshot: path, confirm: "prod", ...restore },
    }),
  });
};

test("a plan says which revision is restored, and what is lost", () => {
  expect(restored(backupBeginning()).triggers.restore).toBe(
    "etcd to revision 446 of 2026-11-29T21:05:01.000Z: what was written later is lost",
  );
});

test("the rollout is told which snapshot of which file it is", () => {
  expect(restored(backupBeginning()).request.restore).toEqual({
    file: path,
    snapshot: "a".repeat(64),
    revision: "446",
    created: "2026-11-29T21:05:01.000Z",
  });
});

test("where binaries are delivered, a restore brings its own program", () => {
  const binaries = join(folder, "bin");
  mkdirSync(binaries);
  for (const name of PROGRAMS) writeFileSync(join(binaries, name), name);
  writeFileSync(path, backupBeginning());
  const deploy = (restore?: EtcdRestoreProps) =>
    clusterOf({
      etcd: Etcd.stacked({ restore }),
      runtime: Runtime.systemd({ binaries }),
    }).request.restore;
  const restore = { snapshot: path, confirm: "prod" };
  expect(deploy()).toBeUndefined();
  expect(messageOf(() => deploy(restore))).toMatch(
    /^binaries .*bin" has no etcdutl\./,
  );
  writeFileSync(join(binaries, "etcdutl"), "");
  expect(deploy(restore)?.program).toMatchObject({
    file: expect.stringMatching(/bin\/etcdutl$/),
  });
});

test("without a restore, nothing is said about it", () => {
  const { triggers, request } = clusterOf({});
  expect(triggers).not.toHaveProperty("restore");
  expect(request).not.toHaveProperty("restore");
});

test("a backup before an upgrade can be declined", () => {
  expect(clusterOf({}).request).not.toHaveProperty("noSnapshots");
  expect(
    clusterOf({ etcd: Etcd.stacked({ snapshotBefore: false }) }).request,
  ).toMatchObject({ noSnapshots: true });
});

test.each<[string, () => unknown, string]>([
  [
    "another name in confirm",
    () => restored(backupBeginning(), { confirm: "prd" }),
    'etcd.restore.confirm is "prd", but the cluster whose data would be replaced is "prod".',
  ],
  [
    "a file that does not exist",
    () => restored(backupBeginning(), { snapshot: "none.backup" }),
    '"none.backup"',
  ],
  [
    "a file that is no backup",
    () => restored(Buffer.from("PK\u0003\u0004")),
    "is not a backup.",
  ],
  ["an empty file", () => restored(Buffer.alloc(0)), "is not a backup."],
  [
    "a backup whose manifest is cut",
    () => restored(backupBeginning().subarray(0, 600)),
    "is not a backup.",
  ],
  [
    "a backup of another cluster",
    () => restored(backupBeginning({ clusterName: "test" })),
    'is a backup of the cluster "test".',
  ],
  [
    "a backup of another minor of etcd",
    () => restored(backupBeginning({}, "3.5.24")),
    "was made with etcd 3.5.24, but etcd 3.6.8 would read it.",
  ],
  [
    "a write-ahead log in another folder",
    () => {
      writeFileSync(path, backupBeginning());
      return clusterOf({
        etcd: Etcd.stacked({
          restore: { snapshot: path, confirm: "prod" },
          extraArgs: { "wal-dir": "/wal" },
        }),
      });
    },
    'etcd.extraArgs["wal-dir"]',
  ],
])("synthesis refuses %s", (_, synthesize, message) => {
  expect(synthesize).toThrow(message);
});
