import { AgentError } from "../../lib/base/errors";
import { rollOut } from "../../lib/agent/rollout/loop";
import { forecastSteps, nextStep } from "../../lib/agent/rollout/planner";
import type { Step } from "../../lib/agent/rollout/step";
import type { ClusterView } from "../../lib/agent/rollout/view";
import {
  type AgentReport,
  REPORT_VARIABLE,
  reportIn,
  type StepReport,
} from "../../lib/request/report";
import { API_FLAG, cluster, node } from "./rollout/support/cluster-view";
import { text } from "./support/artefacts";
import { batchRequest, Workplace } from "./support/workplace";

const view = cluster([
  node("cp-1", { changes: API_FLAG }),
  node("cp-2", { changes: API_FLAG }),
  node("cp-3"),
]);

/** Rolls out with steps that take a second each, and returns what was reported and the error. */
async function reported(doStep: (step: Step) => readonly AgentError[]) {
  let now = 0;
  const steps: StepReport[] = [];
  const error = await rollOut<ClusterView>(
    {
      title: "prod",
      view: async (done) => ({ ...view, done }),
      decide: nextStep,
      forecast: (present) => forecastSteps(present).steps,
      doStep: async (step) => {
        now += 1000;
        return doStep(step);
      },
      recordDuration: () => undefined,
    },
    {
      clock: { now: () => now, pause: () => Promise.resolve() },
      say: () => undefined,
      report: (report) => {
        if ("step" in report && report.step) steps.push(report.step);
      },
    },
  ).catch((thrown: unknown) => thrown);
  return { steps, error };
}

test("a rollout reports when each of its steps begins and ends", async () => {
  const expected = forecastSteps(view).steps;
  const { steps, error } = await reported(() => []);
  expect(error).toBeUndefined();
  expect(steps).toEqual(
    expected.flatMap(({ kind, nodes, title }, at) => {
      const step = { number: at + 1, of: expected.length, kind, nodes, title };
      const ended = { milliseconds: 1000, succeeded: true };
      return [step, { ...step, ended }];
    }),
  );
});

test.each([
  ["one of its nodes fails", () => [new AgentError("cp-1: it failed")]],
  [
    "it is given up",
    () => {
      throw new AgentError("it failed");
    },
  ],
])("a rollout reports that a step failed, if %s", async (_, doStep) => {
  const { steps, error } = await reported(doStep);
  expect(error).toBeInstanceOf(AgentError);
  expect(steps.map(({ number, ended }) => [number, ended?.succeeded])).toEqual([
    [1, undefined],
    [1, false],
  ]);
});

describe("a batch", () => {
  const place = new Workplace();
  const files = ["a", "b", "c"].map((name) => text(`objects/${name}`, name));
  const run = (env: Readonly<Record<string, string>>) =>
    place.run(batchRequest("objects"), files, { env });

  test("reports how many of its files are ready, if somebody reads it", async () => {
    const { stdout } = await run({ [REPORT_VARIABLE]: "word" });
    const lines = stdout.trimEnd().split("\n");
    const reports = lines.flatMap((line) => reportIn("word", line) ?? []);
    expect(reports.map((json) => JSON.parse(json) as AgentReport)).toEqual(
      [1, 2, 3].map((ready) => ({ files: { ready, of: 3 } })),
    );
    expect(lines.slice(3)).toEqual(["objects: 3 files made"]);
  });

  test("prints no report for people", async () => {
    const { stdout } = await run({});
    expect(stdout).toBe("objects: 3 files unchanged\n");
  });
});
