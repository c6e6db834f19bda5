import { AgentError } from "../../../lib/base/errors";
import { forecastSteps, nextStep } from "../../../lib/agent/rollout/planner";
import type { Step } from "../../../lib/agent/rollout/step";
import { said } from "./support/cluster-view";
import { randomFrom, SimulatedCluster } from "./support/simulated-cluster";

const SITUATIONS = 300;
/** More steps than any rollout of six nodes takes. */
const MOST_STEPS = 100;

interface Ended {
  readonly steps: readonly string[];
  readonly refusal?: string;
}

/** Rolls out until the end, or until it is killed after this many steps. */
function rollOut(cluster: SimulatedCluster, killedAfter = Infinity): Ended {
  const done: Step[] = [];
  while (done.length < Math.min(MOST_STEPS, killedAfter)) {
    const view = cluster.view(done);
    const decision = nextStep(view);
    const steps = done.map(said);
    if (decision === "finished") return { steps };
    if ("refusal" in decision)
      return { steps, refusal: decision.refusal.message };
    const { step } = decision;
    const failed = cluster.apply(step);
    if (failed.length > 0) {
      const errors = failed.map((name) => new AgentError(`${name} failed`));
      const halted = nextStep({ ...view, failed: { step, errors } });
      if (halted === "finished" || !("refusal" in halted))
        throw new Error("a failure did not halt the rollout");
      return { steps, refusal: halted.refusal.message };
    }
    done.push(step);
  }
  if (killedAfter === Infinity) throw new Error(done.map(said).join("\n"));
  return { steps: done.map(said), refusal: "killed" };
}

/** Runs a check in each situation; a failure names the situation. */
const inEachSituation = (
  check: (cluster: SimulatedCluster, random: () => number) => void,
) => {
  for (let seed = 1; seed <= SITUATIONS; seed++) {
    const random = randomFrom(seed);
    const cluster = SimulatedCluster.random(random);
    try {
      check(cluster, random);
    } catch (error) {
      const { machines } = SimulatedCluster.random(randomFrom(seed));
      const before = machines.map((each) => JSON.stringify(each)).join("\n");
      throw new Error(`situation ${seed}:\n${before}\n${String(error)}`);
    }
  }
};

test("ends from any situation with all nodes healthy or a refusal, and etcd never loses its quorum", () => {
  let finished = 0;
  inEachSituation((cluster) => {
    const { refusal } = rollOut(cluster);
    expect(cluster.broken).toEqual([]);
    if (refusal !== undefined) return;
    finished++;
    expect(cluster.unfinished).toEqual([]);
  });
  // Otherwise the situations would be too bad to prove anything.
  expect(finished).toBeGreaterThan(SITUATIONS / 3);
});

test("continues after a kill at any step, and ends in the same state", () => {
  inEachSituation((cluster, random) => {
    for (let kills = 0; kills < 3; kills++)
      rollOut(cluster, Math.floor(random() * 8));
    const { refusal } = rollOut(cluster);
    expect(cluster.broken).toEqual([]);
    if (refusal === undefined) expect(cluster.unfinished).toEqual([]);
  });
});

test("does what was forecast, step by step, if etcd can tell its members", () => {
  inEachSituation((cluster) => {
    const { etcd, established } = cluster.view([]);
    if (established && !etcd?.hasQuorum) return;
    const { steps, refusal } = forecastSteps(cluster.view([]));
    const { steps: done, refusal: refused } = rollOut(cluster);
    expect(done).toEqual(steps.map(said).slice(0, done.length));
    if (refused === undefined) {
      expect(refusal).toBeUndefined();
      expect(done).toHaveLength(steps.length);
    }
  });
});

test("has nothing left to change after it ended", () => {
  inEachSituation((cluster) => {
    if (rollOut(cluster).refusal !== undefined) return;
    expect(rollOut(cluster).steps.map((step) => step.split(" ")[0])).toEqual([
      "prepare",
      "confirm",
      "apply",
    ]);
  });
});
