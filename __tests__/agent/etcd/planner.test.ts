import {
  nextDefragmentation,
  nextRecovery,
} from "../../../lib/agent/etcd/planner";
import type { CareStep, EtcdState } from "../../../lib/request/etcd-care";
import { etcdState, memberState, silentMember } from "../support/etcd";
import { after, refusalOf, stepsOf, three } from "./support/care-steps";

const defragment = nextDefragmentation(false);
const defragmentAll = nextDefragmentation(true);

describe("a defragmentation", () => {
  test.each<[string, EtcdState, string[]]>([
    [
      "takes followers first, then moves the leadership, and takes the old leader last",
      etcdState(three({ free: 60 })),
      [
        "defragment cp-2",
        "defragment cp-3",
        "move leadership cp-1 to cp-2",
        "defragment cp-1",
      ],
    ],
    [
      "leaves members of which 40 % or less is free",
      etcdState([
        memberState("cp-1", { free: 10 }),
        memberState("cp-2", { free: 41 }),
        memberState("cp-3", { free: 40 }),
      ]),
      ["defragment cp-2"],
    ],
    ["has nothing to do in a database that is full", etcdState(three()), []],
    [
      "of the leader alone moves the leadership to the follower that is least behind",
      etcdState([
        memberState("cp-1", { free: 60 }),
        memberState("cp-2", { applied: 4990 }),
        memberState("cp-3"),
      ]),
      ["move leadership cp-1 to cp-3", "defragment cp-1"],
    ],
    [
      "moves the leadership to a member that was defragmented rather than to one that was not",
      etcdState([
        memberState("cp-1", { free: 60 }),
        memberState("cp-2"),
        memberState("cp-3", { free: 60 }),
      ]),
      ["defragment cp-3", "move leadership cp-1 to cp-3", "defragment cp-1"],
    ],
    [
      "of a single member has nobody to move the leadership to",
      etcdState([memberState("cp-1", { free: 60 })]),
      ["defragment cp-1"],
    ],
    [
      "of two members moves the leadership to the other one",
      etcdState([
        memberState("cp-1", { free: 60 }),
        memberState("cp-2", { free: 60 }),
      ]),
      ["defragment cp-2", "move leadership cp-1 to cp-2", "defragment cp-1"],
    ],
    [
      "leaves out a learner, and makes none the leader",
      etcdState([
        memberState("cp-1", { free: 60 }),
        memberState("cp-2", { isLearner: true, free: 60 }),
        memberState("cp-3", { free: 0 }),
      ]),
      ["move leadership cp-1 to cp-3", "defragment cp-1"],
    ],
    [
      "goes on while the alarm NOSPACE is raised",
      etcdState([memberState("cp-1", { free: 60 })], "NOSPACE cp-1"),
      ["defragment cp-1"],
    ],
  ])("%s", (_, state, steps) => {
    expect(stepsOf(defragment, state)).toEqual(steps);
  });

  test("of all members takes each of them once, although nothing becomes free", () => {
    expect(stepsOf(defragmentAll, etcdState(three()))).toEqual([
      "defragment cp-2",
      "defragment cp-3",
      "move leadership cp-1 to cp-2",
      "defragment cp-1",
    ]);
  });

  test("takes a leader that gets its leadership back, instead of moving that for ever", () => {
    const stubborn = (state: EtcdState, step: CareStep) =>
      step.kind === "move leadership" ? state : after(state, step);
    expect(stepsOf(defragmentAll, etcdState(three()), stubborn)).toEqual([
      "defragment cp-2",
      "defragment cp-3",
      "move leadership cp-1 to cp-2",
      "defragment cp-1",
    ]);
  });

  test("ends when another member fails on the way, and says what it did", () => {
    const failing = (state: EtcdState, step: CareStep) =>
      etcdState(
        after(state, step).members.map((member) =>
          member.name === "cp-3"
            ? { ...member, problem: "RAFT NO LEADER" }
            : member,
        ),
      );
    const steps = stepsOf(defragmentAll, etcdState(three()), failing);
    expect(steps).toEqual([
      "defragment cp-2",
      expect.stringMatching(/all others have to be healthy/),
    ]);
  });
});

describe.each([
  ["a defragmentation", defragmentAll],
  ["a recovery", nextRecovery],
])("%s is refused before anything is touched", (_, next) => {
  const NOSPACE = "NOSPACE cp-1";
  test.each<[string, EtcdState, string[]]>([
    [
      "if a member is not reached",
      etcdState(
        [...three().slice(0, 2), silentMember("cp-3", "waited 10 s")],
        NOSPACE,
      ),
      ["all others have to be healthy", "  cp-3: waited 10 s"],
    ],
    [
      "if a member is not healthy",
      etcdState(
        [memberState("cp-1"), memberState("cp-2", { problem: "no leader" })],
        NOSPACE,
      ),
      ["  cp-2: no leader"],
    ],
    [
      "if data are corrupt",
      etcdState(three(), NOSPACE, "CORRUPT cp-2"),
      ["the alarm CORRUPT: the data of cp-2 differ", "docs/etcd.md"],
    ],
    [
      "if there is no majority",
      {
        ...etcdState([silentMember("cp-1", "it is down")], NOSPACE),
        hasQuorum: false,
      },
      ["no majority of members that agree", "  cp-1: it is down"],
    ],
    [
      "if there is no leader",
      etcdState([memberState("cp-1", { leader: undefined })], NOSPACE),
      ["etcd has no leader."],
    ],
  ])("%s", (_, state, parts) => {
    const refusal = refusalOf(next, state);
    for (const part of [...parts, "Nothing was touched."])
      expect(refusal).toContain(part);
  });
});
