import {
  AutoCompaction,
  ControlPlane,
  Duration,
  Etcd,
  type EtcdTuningProps,
  Runtime,
} from "../../lib";
import { expectControlPlane } from "../../lib/testing";
import { clusterProps, newStack, node } from "../support/cluster";
import { messageOf } from "../support/errors";

const ALL: EtcdTuningProps = {
  quotaBackendBytes: 8 * 1024 ** 3,
  autoCompaction: AutoCompaction.periodic(Duration.hours(1)),
  heartbeatInterval: 250,
  electionTimeout: 2500,
  maxRequestBytes: 4 * 1024 ** 2,
};
const FLAGS = {
  "quota-backend-bytes": "8589934592",
  "auto-compaction-mode": "periodic",
  "auto-compaction-retention": "60m",
  "heartbeat-interval": "250",
  "election-timeout": "2500",
  "max-request-bytes": "4194304",
};

const withEtcd = (etcd: Etcd) => {
  const stack = newStack();
  new ControlPlane(stack, "cluster", clusterProps({ etcd }));
  return stack;
};

test.each([
  ["stacked", Etcd.stacked(ALL)],
  [
    "dedicated",
    Etcd.dedicated({
      ...ALL,
      nodes: [node(7, { name: "etcd-1" })],
      runtime: Runtime.systemd(),
    }),
  ],
])("each setting of a %s etcd is a flag", (_, etcd) => {
  const expected = expectControlPlane(withEtcd(etcd));
  for (const [flag, value] of Object.entries(FLAGS))
    expected.toHaveFlag("etcd", flag, value);
});

test("a number of revisions is kept by another mode", () => {
  const expected = expectControlPlane(
    withEtcd(Etcd.stacked({ autoCompaction: AutoCompaction.revisions(1000) })),
  );
  expected.toHaveFlag("etcd", "auto-compaction-mode", "revision");
  expected.toHaveFlag("etcd", "auto-compaction-retention", "1000");
});

test("nothing is set by default", () => {
  const expected = expectControlPlane(withEtcd(Etcd.stacked()));
  for (const flag of Object.keys(FLAGS)) expected.not.toHaveFlag("etcd", flag);
});

test.each<
  [string, EtcdTuningProps & { extraArgs?: Record<string, string> }, string]
>([
  [
    "a quota of nothing",
    { quotaBackendBytes: 0 },
    "etcd.quotaBackendBytes is 0. Allowed is a whole number above 0.",
  ],
  [
    "a fraction of a byte",
    { maxRequestBytes: 1.5 },
    "etcd.maxRequestBytes is 1.5. Allowed is a whole number above 0.",
  ],
  [
    "an election that does not wait for 5 heartbeats",
    { heartbeatInterval: 300 },
    "etcd.electionTimeout is 1000 milliseconds, but the leader is heard only every 300 (etcd.heartbeatInterval), so etcd does not start. Allowed is at least 5 times the interval. Set electionTimeout: 3000, for example.",
  ],
  [
    "an election that waits for too long",
    { electionTimeout: 50_001 },
    "etcd.electionTimeout is 50001 milliseconds, with which etcd does not start. Allowed are at most 50000.",
  ],
  [
    "a setting that is also a flag",
    { quotaBackendBytes: 1, extraArgs: { "quota-backend-bytes": "2" } },
    'etcd.quotaBackendBytes and etcd.extraArgs["quota-backend-bytes"] set the same flag.',
  ],
])("synthesis refuses %s", (_, props, message) => {
  expect(
    messageOf(() => withEtcd(Etcd.stacked(props))).replace(/\s+/g, " "),
  ).toContain(message);
});

test.each([
  [
    "a second",
    () => AutoCompaction.periodic(Duration.parse("1s")),
    "Allowed is 60s to",
  ],
  [
    "no revision",
    () => AutoCompaction.revisions(0),
    "AutoCompaction.revisions is 0.",
  ],
])("a compaction cannot keep %s", (_, make, message) => {
  expect(messageOf(make)).toContain(message);
});
