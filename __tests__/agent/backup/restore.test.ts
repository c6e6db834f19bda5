import { chooseMember } from "../../../lib/agent/backup/source";
import {
  dueRestore,
  restoreArguments,
  withRestored,
} from "../../../lib/agent/backup/restore";
import { SnapshotDigest } from "../../../lib/agent/backup/digest";
import { createHash } from "node:crypto";
import type { MemberState, MemberStatus } from "../../../lib/request/etcd-care";

const COMMAND = [
  "etcd",
  "--name=cp-2",
  "--initial-cluster=cp-1=https://10.0.0.11:2380,cp-2=https://10.0.0.12:2380,cp-3=https://10.0.0.13:2380",
  "--initial-advertise-peer-urls=https://10.0.0.12:2380",
];
const OPTIONS = {
  file: "/s.db",
  dataDir: "/var/lib/etcd/restored",
  token: "t",
};

test("a member is restored with its own name, and with all members", () => {
  expect(restoreArguments(COMMAND, OPTIONS)).toEqual([
    "snapshot",
    "restore",
    "/s.db",
    "--data-dir=/var/lib/etcd/restored",
    "--name=cp-2",
    "--initial-cluster=cp-1=https://10.0.0.11:2380,cp-2=https://10.0.0.12:2380,cp-3=https://10.0.0.13:2380",
    "--initial-advertise-peer-urls=https://10.0.0.12:2380",
    "--initial-cluster-token=t",
    "--bump-revision=1000000000",
    "--mark-compacted",
  ]);
});

test("a node that has left is no member of the restored cluster", () => {
  expect(
    restoreArguments(COMMAND, { ...OPTIONS, members: ["cp-1", "cp-2"] }),
  ).toContain(
    "--initial-cluster=cp-1=https://10.0.0.11:2380,cp-2=https://10.0.0.12:2380",
  );
});

const member = (name: string, otherwise: Partial<MemberState> = {}) => ({
  name,
  id: name,
  isLearner: false,
  status: { memberId: name, leader: "a" } as MemberStatus,
  ...otherwise,
});
const down = { status: undefined, problem: "it does not answer" };

test.each([
  ["a follower", [member("a"), member("b"), member("c")], "b"],
  [
    "the leader, if no follower is healthy",
    [member("b", down), member("a")],
    "a",
  ],
  ["no learner", [member("b", { isLearner: true }), member("a")], "a"],
  ["none, if none is healthy", [member("a", down)], undefined],
])("the snapshot comes from %s", (_, members, chosen) => {
  const state = { hasQuorum: true, alarms: [], members };
  expect(chooseMember(state)?.name).toBe(chosen);
});

const RESTORE = {
  file: "a.backup",
  snapshot: "aa",
  revision: "446",
  created: "2026-11-29T21:41:26.000Z",
};

test("a backup is restored once", () => {
  expect(dueRestore(undefined, {})).toBeUndefined();
  expect(dueRestore(RESTORE, {})).toBe(
    "revision 446 of 2026-11-29T21:41:26.000Z",
  );
  const after = withRestored(
    { stack: "s", restoring: { snapshot: "aa", token: "t" } },
    RESTORE,
    "2026-11-30T00:00:00.000Z",
  );
  expect(after.restoring).toBeUndefined();
  expect(dueRestore(RESTORE, after)).toBeUndefined();
  expect(dueRestore({ ...RESTORE, snapshot: "bb" }, after)).toBeDefined();
});

describe("a snapshot with its SHA-256 behind it", () => {
  const database = Buffer.alloc(2048, 7);
  const hash = createHash("sha256").update(database).digest();
  const whole = Buffer.concat([database, hash]);

  const digestOf = (bytes: Buffer, size: number, pieces: number) => {
    const digest = new SnapshotDigest();
    digest.expect(size);
    for (let at = 0; at < bytes.length; at += pieces)
      digest.add(bytes.subarray(at, at + pieces));
    return digest;
  };

  test.each([1, 100, 2047, 2048, 2050, 4096])(
    "is whole in pieces of %s bytes",
    (pieces) => {
      const digest = digestOf(whole, whole.length, pieces);
      expect(digest.matches).toBe(true);
      expect(digest.whole).toBe(
        createHash("sha256").update(whole).digest("hex"),
      );
    },
  );

  test("is not whole if a byte differs, or if one is missing", () => {
    const other = Buffer.from(whole);
    other[5] ^= 1;
    expect(digestOf(other, other.length, 100).matches).toBe(false);
    expect(digestOf(whole.subarray(0, -1), whole.length, 100).matches).toBe(
      false,
    );
  });
});
