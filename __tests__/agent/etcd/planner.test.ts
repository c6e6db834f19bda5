import {
  type CarePlanner,
  nextDefragmentation,
  nextRecovery,
} from "../../../lib/agent/etcd/planner";
import type {
  CareAct,
  CareStep,
  EtcdState,
  MemberState,
} from "../../../lib/request/etcd-care";
import {
  etcdState,
  type MemberOptions,
  memberState,
  silentMember,
} from "../support/etcd";

const MiB = 1024 ** 2;

/** How members and alarms look after a step. */
function after(state: EtcdState, step: CareStep): EtcdState {
  const change = (member: MemberState, status: MemberOptions): MemberState => ({
    ...member,
    ...(member.status && { status: { ...member.status, ...status } }),
  });
  const members = state.members.map((member): MemberState => {
    if (step.kind === "move leadership")
      return change(member, {
        leader: state.members.find(({ name }) => name === step.to)?.id,
      });
    if (member.name !== step.member || !member.status) return member;
    if (step.kind === "compact") return change(member, { sizeInUse: 10 * MiB });
    return step.kind === "defragment"
      ? change(member, { size: member.status.sizeInUse })
      : member;
  });
  return {
    ...state,
    members,
    alarms:
      step.kind === "disarm"
        ? state.alarms.filter(({ member }) => member !== step.member)
        : state.alarms,
  };
}

const inWords = (step: CareStep): string =>
  step.kind === "move leadership"
    ? `${step.kind} ${step.member} to ${step.to}`
    : `${step.kind} ${step.member}`;

/** All steps to the end, or the first line of the refusal, if there is one. */
function stepsOf(
  next: CarePlanner,
  first: EtcdState,
  follow: typeof after = after,
): string[] {
  const done: CareAct[] = [];
  const steps: string[] = [];
  for (let state = first; steps.length < 20;) {
    const decision = next(state, done);
    if (decision === "finished") return steps;
    if ("refusal" in decision)
      return [...steps, decision.refusal.message.split("\n")[0]];
    const { step } = decision;
    steps.push(inWords(step));
    state = follow(state, step);
    done.push({ ...step, before: 0, after: 0 });
  }
  throw new Error(`it does not end: ${steps.join(", ")}`);
}

const refusalOf = (next: CarePlanner, state: EtcdState): string => {
  const decision = next(state, []);
  if (typeof decision === "string" || !("refusal" in decision))
    throw new Error("it is not refused");
  return decision.refusal.message;
};

const three = (options: MemberOptions = {}) => [
  memberState("cp-1", options),
  memberState("cp-2", options),
  memberState("cp-3", options),
];

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

describe("a recovery", () => {
  const full = { size: 2048 * MiB, sizeInUse: 2000 * MiB };

  test("compacts, then defragments, then disarms, one member after the other", () => {
    const state = etcdState(three(full), "NOSPACE cp-1", "NOSPACE cp-3");
    expect(stepsOf(nextRecovery, state)).toEqual([
      "compact cp-1",
      "compact cp-2",
      "compact cp-3",
      "defragment cp-2",
      "defragment cp-3",
      "move leadership cp-1 to cp-2",
      "defragment cp-1",
      "disarm cp-1",
      "disarm cp-3",
    ]);
  });

  test("compacts all members to the same revision, that of the member that is ahead", () => {
    const members = [
      memberState("cp-1", { revision: 7 }),
      memberState("cp-2", { revision: 9 }),
    ];
    const state = etcdState(members, "NOSPACE cp-1");
    expect(nextRecovery(state, [])).toMatchObject({ step: { revision: 9 } });
    const done: CareAct[] = [
      { kind: "compact", member: "cp-1", revision: 9, before: 0, after: 0 },
    ];
    const later = etcdState(
      members.map((each) => memberState(each.name, { revision: 12 })),
      "NOSPACE cp-1",
    );
    expect(nextRecovery(later, done)).toMatchObject({
      step: { kind: "compact", member: "cp-2", revision: 9 },
    });
  });

  test("disarms the alarm of a member that has left", () => {
    const state = etcdState([memberState("cp-1", full)], "NOSPACE 99");
    expect(stepsOf(nextRecovery, state)).toEqual([
      "compact cp-1",
      "defragment cp-1",
      "disarm 99",
    ]);
  });

  test("disarms although etcd does not tell its quota, as before 3.6", () => {
    const member = memberState("cp-1", { ...full, quota: undefined });
    const steps = stepsOf(nextRecovery, etcdState([member], "NOSPACE cp-1"));
    expect(steps).toEqual(["compact cp-1", "defragment cp-1", "disarm cp-1"]);
  });

  test("leaves the alarm of a database that is as large as its quota afterwards, and names the prop to raise", () => {
    const state = etcdState(three(full), "NOSPACE cp-1");
    const done = ["cp-1", "cp-2", "cp-3"].flatMap((member): CareAct[] => [
      { kind: "compact", member, revision: 1000, before: 0, after: 0 },
      { kind: "defragment", member, before: 0, after: 0 },
    ]);
    const decision = nextRecovery(state, done);
    const { message } = (decision as { refusal: Error }).refusal;
    expect(message).toContain("The alarm NOSPACE stays");
    expect(message).toContain("  cp-2: 2 GiB of 2 GiB");
    expect(message).toContain("raise `quotaBackendBytes`");
    expect(message).toContain("Done before:\n  cp-1: compacted");
  });

  test("ends when an alarm is raised again as soon as it was disarmed", () => {
    const again = (state: EtcdState, step: CareStep) =>
      step.kind === "disarm" ? state : after(state, step);
    const state = etcdState([memberState("cp-1", full)], "NOSPACE cp-1");
    expect(stepsOf(nextRecovery, state, again).at(-1)).toMatch(
      /^cp-1 raised the alarm NOSPACE again as soon as it was disarmed/,
    );
  });

  test("is refused without the alarm NOSPACE", () => {
    expect(refusalOf(nextRecovery, etcdState(three()))).toContain(
      "there is nothing to recover from. Nothing was touched.",
    );
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
