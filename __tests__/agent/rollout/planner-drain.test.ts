import { NO_CHANGES } from "../../../lib/agent/rollout/changes";
import {
  API_FLAG,
  cluster,
  node,
  planOf,
  pool,
  worker,
} from "./support/cluster-view";
import { expectPlans, three } from "./support/plans";

/** A kubelet of another minor. */
const KUBELET = {
  ...NO_CHANGES,
  binaries: ["/usr/local/bin/kubelet"],
  restarts: ["kubelet"],
};
const other = { changes: KUBELET, drains: true };

describe("a kubelet of another minor", () => {
  expectPlans([
    [
      "comes to one worker after the other, when its pods have moved",
      pool([worker("w-1", other), worker("w-2", other)], { maxUnavailable: 2 }),
      [
        "empty w-1",
        "change w-1",
        "fill w-1",
        "empty w-2",
        "change w-2",
        "fill w-2",
      ],
    ],
    [
      "comes to a control-plane node in the same way",
      cluster(three((name) => node(name, other)).slice(0, 2)),
      [
        "empty cp-1",
        "change cp-1",
        "fill cp-1",
        "empty cp-2",
        "change cp-2",
        "fill cp-2",
      ],
    ],
    [
      "moves nothing from an unhealthy node",
      pool([worker("w-1", { ...other, unhealthy: ["kubelet"] })]),
      ["change w-1"],
    ],
  ]);
});

describe("a node whose pods an earlier rollout moved away", () => {
  expectPlans([
    [
      "gets pods again, if nothing else is to be done",
      pool([worker("w-1", { emptied: true }), worker("w-2")]),
      ["fill w-1"],
    ],
    [
      "is changed first, if that was not done",
      pool([worker("w-1", { ...other, emptied: true })]),
      ["empty w-1", "change w-1", "fill w-1"],
    ],
  ]);
});

test("other changes move no pods", () => {
  expect(
    planOf(cluster(three((name) => node(name, { changes: API_FLAG })))).join(),
  ).not.toContain("empty");
});
