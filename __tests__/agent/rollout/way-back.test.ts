import { nextStep } from "../../../lib/agent/rollout/planner";
import { stepOf } from "../../../lib/agent/rollout/step";
import type { UpgradeView } from "../../../lib/agent/rollout/view";
import { wayBack } from "../../../lib/agent/rollout/way-back";
import { AgentError } from "../../../lib/base/errors";
import { cluster } from "./support/cluster-view";
import { changed, three } from "./support/plans";

const OLD = { kubernetes: "v1.36.3", etcd: "3.6.16" };
const NEW = { kubernetes: "v1.37.1", etcd: "3.7.0" };
type Runs = UpgradeView["nodes"][number]["runs"];

/** An upgrade of three nodes. */
const upgrade = (
  runs: readonly Runs[],
  wanted: Pick<UpgradeView, "kubernetes" | "etcd"> = NEW,
): UpgradeView => ({
  ...wanted,
  nodes: runs.map((each, at) => ({ name: `cp-${at + 1}`, runs: each })),
});

const UNDO =
  "You can still go back to Kubernetes v1.36.3 and etcd 3.6.16: undo the change in the program and deploy.";
const CLOSED =
  "There may be no way back to Kubernetes v1.36.3 and etcd 3.6.16: as soon as all members have run etcd 3.7.0, their data have its format. Go on, or restore the backup that was made before.";

test.each<[string, UpgradeView, string, string | undefined]>([
  [
    "is open while other members have etcd's old minor",
    upgrade([OLD, OLD, OLD]),
    "cp-1",
    `${UNDO} That ends when the last of cp-2, cp-3 has etcd 3.7.0.`,
  ],
  [
    "is open on the second node of three",
    upgrade([NEW, OLD, OLD]),
    "cp-2",
    `${UNDO} That ends when the last of cp-3 has etcd 3.7.0.`,
  ],
  [
    "may be closed when the last node failed, whose etcd may have started",
    upgrade([NEW, NEW, OLD]),
    "cp-3",
    CLOSED,
  ],
  ["may be closed with a single node", upgrade([OLD]), "cp-1", CLOSED],
  [
    "is open to the end if etcd keeps its minor",
    upgrade(
      [NEW, NEW, OLD].map((each) => ({ ...each, etcd: "3.6.16" })),
      {
        ...NEW,
        etcd: "3.6.16",
      },
    ),
    "cp-3",
    UNDO,
  ],
  [
    "is open for an etcd with another patch",
    upgrade([{ ...OLD, etcd: "3.6.8" }], OLD),
    "cp-1",
    UNDO.replace("3.6.16", "3.6.8"),
  ],
  [
    "is open with an external etcd",
    upgrade([{ kubernetes: "v1.36.3" }], { kubernetes: "v1.37.1" }),
    "cp-1",
    UNDO.replace(" and etcd 3.6.16", ""),
  ],
  [
    "is not spoken of without an upgrade",
    upgrade([NEW, NEW]),
    "cp-1",
    undefined,
  ],
  ["is not spoken of on new nodes", upgrade([{}, {}]), "cp-1", undefined],
  [
    "is not spoken of while an upgrade is taken back",
    upgrade([NEW, OLD], OLD),
    "cp-1",
    undefined,
  ],
])("the way back %s", (_, view, failed, expected) => {
  expect(wayBack(view, [failed])).toBe(expected);
});

test("a rollout that fails in an upgrade names the way back", () => {
  const view = cluster(three(changed), {
    done: [stepOf("prepare", [])],
    upgrade: upgrade([OLD, OLD, OLD]),
  });
  expect(
    nextStep({
      ...view,
      failed: {
        step: stepOf("change", [view.nodes[0]]),
        errors: [new AgentError("cp-1: it fails")],
      },
    }),
  ).toMatchObject({
    refusal: { message: expect.stringContaining(`\n${UNDO} That ends`) },
  });
});
