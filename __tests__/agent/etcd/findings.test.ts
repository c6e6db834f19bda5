import {
  etcdFindings,
  isAlarm,
  problemInWords,
  remedyInWords,
} from "../../../lib/agent/etcd/findings";
import { etcdPreflight } from "../../../lib/agent/preflight/etcd";
import { preflightError } from "../../../lib/agent/preflight/preflight";
import type { EtcdState } from "../../../lib/request/etcd-care";
import { etcdState, memberState } from "../support/etcd";

const MiB = 1024 ** 2;
const three = [1, 2, 3].map((number) => memberState(`cp-${number}`));
const large = (name: string, free = 0) =>
  memberState(name, { size: 1700 * MiB, free });

const inWords = (state: EtcdState): string[] =>
  etcdFindings(state).map(
    (finding) =>
      `${isAlarm(finding) ? "alarm" : "warning"}: ${problemInWords(finding)}. ${remedyInWords(finding, "clusters/prod")}`,
  );

test("healthy members of usual size are no finding", () => {
  expect(inWords(etcdState(three))).toEqual([]);
});

test.each<[EtcdState, string[]]>([
  [
    etcdState(three, "NOSPACE cp-2"),
    [
      "alarm: etcd has the alarm NOSPACE: its database on cp-2 has reached the quota of 2 GiB, so the whole cluster takes no writes. `cdktf-control-plane etcd recover clusters/prod` brings it back.",
    ],
  ],
  [
    etcdState([large("cp-1"), ...three.slice(1)], "NOSPACE cp-2"),
    [expect.stringMatching(/^alarm: etcd has the alarm NOSPACE/)],
  ],
  [
    etcdState(three, "CORRUPT cp-3"),
    [
      expect.stringMatching(
        /^alarm: etcd has the alarm CORRUPT: the data of cp-3 differ .* Do not disarm this alarm .* docs\/etcd\.md\.$/,
      ),
    ],
  ],
  [
    etcdState([large("cp-1")]),
    [
      "warning: etcd's database on cp-1 has more than 80 % of its quota of 2 GiB, at which the whole cluster takes no writes. Raise `quotaBackendBytes` of the program's Etcd, and deploy.",
    ],
  ],
  [
    etcdState([large("cp-1", 60)]),
    [expect.stringMatching(/`cdktf-control-plane etcd defrag clusters\/prod`/)],
  ],
  [etcdState(three, "LATER cp-1"), []],
])(
  "alarms, and members near their quota, are named with the remedy: %#",
  (state, found) => {
    expect(inWords(state)).toEqual(found);
  },
);

test.each([
  ["NOSPACE cp-2", "warning"],
  ["CORRUPT cp-2", "error"],
])("in a preflight, %s is an %s", (alarm, severity) => {
  const found = etcdPreflight(etcdState(three, alarm), "clusters/prod");
  expect(found).toMatchObject([{ node: "cp-2", severity }]);
});

test("the error of a preflight says what to do about corrupt data", () => {
  const state = etcdState(three, "CORRUPT cp-2");
  const { message } = preflightError(etcdPreflight(state, "clusters/prod"));
  expect(message).toContain(
    'follow "A member with corrupt data" in docs/etcd.md.',
  );
});
