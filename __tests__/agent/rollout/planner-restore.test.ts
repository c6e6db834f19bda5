import { forecastSteps } from "../../../lib/agent/rollout/planner";
import {
  apiHost,
  blank,
  cluster,
  down,
  ETCD_FLAG,
  etcdHost,
  left,
  node,
  planOf,
  withoutQuorum,
} from "./support/cluster-view";
import { expectPlans, three } from "./support/plans";

const BACKUP = "revision 446 of 2026-11-29T21:41:26.000Z";
const restoring = { saves: true, restores: BACKUP };

describe("a restore", () => {
  expectPlans([
    [
      "of a cluster that answers saves it, stops everything, and starts all members at once",
      cluster(three(node), restoring),
      [
        "back up",
        "stop cp-1,cp-2,cp-3",
        "restore data cp-1,cp-2,cp-3",
        "start etcd cp-1,cp-2,cp-3",
        "start cp-1,cp-2,cp-3",
      ],
    ],
    [
      "without a backup before it",
      cluster(three(node), { restores: BACKUP, saves: false }),
      [
        "stop cp-1,cp-2,cp-3",
        "restore data cp-1,cp-2,cp-3",
        "start etcd cp-1,cp-2,cp-3",
        "start cp-1,cp-2,cp-3",
      ],
    ],
    [
      "of a cluster without quorum saves nothing",
      withoutQuorum(
        cluster(
          three((name) => node(name, { unhealthy: ["etcd"] })),
          restoring,
        ),
      ),
      [
        "stop cp-1,cp-2,cp-3",
        "restore data cp-1,cp-2,cp-3",
        "start etcd cp-1,cp-2,cp-3",
        "start cp-1,cp-2,cp-3",
      ],
    ],
    [
      "on three new machines",
      withoutQuorum(cluster(three(blank), restoring)),
      [
        "stop cp-1,cp-2,cp-3",
        "restore data cp-1,cp-2,cp-3",
        "start etcd cp-1,cp-2,cp-3",
        "start cp-1,cp-2,cp-3",
      ],
    ],
    [
      "that was killed half way makes the data that are missing",
      withoutQuorum(
        cluster(
          three((name) =>
            node(name, {
              unhealthy: ["etcd", "kube-apiserver"],
              hasEtcdData: name === "cp-1",
              restored: name === "cp-1",
            }),
          ),
          restoring,
        ),
      ),
      [
        "stop cp-1,cp-2,cp-3",
        "restore data cp-2,cp-3",
        "start etcd cp-1,cp-2,cp-3",
        "start cp-1,cp-2,cp-3",
      ],
    ],
    [
      "whose data are all there only starts what does not run",
      withoutQuorum(
        cluster(
          three((name) =>
            node(name, {
              unhealthy: ["etcd", "kube-apiserver"],
              restored: true,
            }),
          ),
          { restores: BACKUP, saves: false },
        ),
      ),
      ["start etcd cp-1,cp-2,cp-3", "start cp-1,cp-2,cp-3"],
    ],
    [
      "of an etcd on hosts of its own stops the API servers, too",
      cluster([etcdHost("etcd-1"), apiHost("cp-1")], {
        restores: BACKUP,
        saves: false,
      }),
      [
        "stop etcd-1,cp-1",
        "restore data etcd-1",
        "start etcd etcd-1",
        "start etcd-1,cp-1",
      ],
    ],
  ]);

  test.each([
    [
      "a member is not reached",
      [node("cp-1"), node("cp-2"), down("cp-3")],
      "cp-3: not reached, and a restore replaces the data of all etcd members at once.",
    ],
    [
      "a node that still runs leaves the program",
      [node("cp-1"), left("cp-2")],
      "cp-2: leaving the cluster, which cannot happen in the same deploy as a restore",
    ],
  ])("is refused before anything is touched if %s", (_, nodes, reason) => {
    const { steps, refusal } = forecastSteps(
      cluster(nodes, { restores: BACKUP, saves: false }),
    );
    expect(steps.map(({ kind }) => kind)).toEqual(["prepare"]);
    expect(refusal?.message).toContain(reason);
  });

  test("says what is restored, and what it costs", () => {
    const { steps } = forecastSteps(cluster(three(node), restoring));
    expect(steps.find(({ kind }) => kind === "restore data")?.title).toBe(
      `cp-1, cp-2, cp-3: set etcd's data aside, and make new data from the backup: ${BACKUP}. What was written later is lost`,
    );
  });
});

describe("a step that cannot be taken back", () => {
  test("comes after a backup", () => {
    expect(
      planOf(
        cluster(
          three((name) => node(name, { changes: ETCD_FLAG })),
          { saves: true },
        ),
      ).slice(0, 3),
    ).toEqual(["prepare cp-1,cp-2,cp-3", "back up", "change cp-1"]);
  });
});
