import { nextRecovery } from "../../../lib/agent/etcd/planner";
import type {
  CareAct,
  CareStep,
  EtcdState,
} from "../../../lib/request/etcd-care";
import { etcdState, memberState } from "../support/etcd";
import { after, refusalOf, stepsOf, three } from "./support/care-steps";

const MiB = 1024 ** 2;

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
