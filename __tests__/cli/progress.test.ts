import type { AgentReport } from "../../lib/request/report";
import { reportLine } from "../../lib/request/report";
import type { Contents, StackStore } from "../../lib/cli/plan/contents";
import { Progress } from "../../lib/cli/plan/progress";
import { RecordedOutput } from "./support/recorded-output";

const ROLLOUT = "terraform_data.rollout";
const BATCHES = ["terraform_data.one", "terraform_data.two"];
const ARTEFACT = "terraform_data.file";
const MINE = "aws_instance.mine";
const STORE = { stack: "stack", directory: "/nowhere" } as StackStore;
const CONTENTS: Contents = {
  resources: new Map([
    [ROLLOUT, { address: ROLLOUT, kind: "batch", title: "prod", store: STORE }],
    ...BATCHES.map(
      (address, at) =>
        [
          address,
          { address, kind: "batch", title: `cp-${at + 1}`, store: STORE },
        ] as const,
    ),
    [
      ARTEFACT,
      {
        address: ARTEFACT,
        kind: "artefact",
        files: ["pki/ca.crt"],
        batch: BATCHES[0],
        of: "certificate",
        store: STORE,
      },
    ],
  ]),
  stores: [STORE],
  outputs: new Set(),
};

/** Feeds Terraform's messages of one run to a `Progress`, and records what it prints. */
class Run {
  seconds = 0;
  readonly output = new RecordedOutput();
  readonly progress = new Progress({
    stack: "stack",
    contents: CONTENTS,
    state: { resources: new Map(), kinds: new Map() },
    clock: {
      now: () => this.seconds * 1000,
      pause: () => Promise.resolve(),
    },
    output: this.output,
  });

  get said(): readonly string[] {
    return this.output.said;
  }

  /** What the live line says after everything so far. */
  get doing() {
    return this.output.doings.at(-1);
  }

  plans(action: string, ...addresses: readonly string[]): void {
    for (const addr of addresses)
      this.message({
        type: "planned_change",
        change: { resource: { addr, resource: addr }, action },
      });
  }

  hook(type: string, addr: string, more: object): void {
    this.message({ type, hook: { resource: { addr }, ...more } });
  }

  agent(...lines: readonly string[]): void {
    for (const output of lines)
      this.hook("provision_progress", ROLLOUT, { output });
  }

  reports(address: string, report: AgentReport): void {
    const output = reportLine(this.progress.reportWord, JSON.stringify(report));
    this.hook("provision_progress", address, { output });
  }

  fails(detail: string): void {
    this.message({
      type: "diagnostic",
      diagnostic: {
        severity: "error",
        summary: "local-exec provisioner error",
        detail,
        address: ROLLOUT,
      },
    });
  }

  private message(message: object): void {
    this.progress.line(JSON.stringify(message));
  }
}

test("counts what takes time, and adds up the files of the batches that run", () => {
  const run = new Run();
  run.plans("create", ARTEFACT, MINE);
  run.plans("replace", ...BATCHES);
  run.hook("apply_start", ARTEFACT, { action: "create" });
  run.hook("apply_complete", ARTEFACT, { action: "create" });
  expect(run.doing).toEqual({ count: "0 of 3", what: "" });
  for (const address of BATCHES) {
    run.hook("apply_start", address, { action: "delete" });
    run.hook("apply_complete", address, { action: "delete" });
    run.hook("apply_start", address, { action: "create" });
  }
  expect(run.doing).toEqual({ count: "0 of 3", what: "cp-1, cp-2" });
  run.reports(BATCHES[0], { files: { ready: 12, of: 36 } });
  run.reports(BATCHES[1], { files: { ready: 1, of: 36 } });
  expect(run.doing?.what).toBe("cp-1, cp-2 (13 of 72 files)");
  run.hook("apply_complete", BATCHES[0], { action: "create" });
  expect(run.doing).toEqual({ count: "1 of 3", what: "cp-2 (1 of 36 files)" });
  run.hook("apply_start", MINE, { action: "create" });
  run.hook("apply_errored", MINE, { action: "create" });
  expect(run.doing?.count).toBe("1 of 3");
  expect(run.said).toEqual([]);
});

test("names what a plan reads, and counts nothing", () => {
  const run = new Run();
  run.hook("refresh_start", BATCHES[0], {});
  run.hook("refresh_start", MINE, {});
  run.hook("apply_start", "data.http.mine", { action: "read" });
  expect(run.doing).toEqual({ what: `${MINE}, data.http.mine` });
  run.hook("refresh_complete", MINE, {});
  run.hook("apply_complete", "data.http.mine", { action: "read" });
  expect(run.doing).toEqual({ what: "" });
  expect([run.said, run.progress.begun]).toEqual([[], false]);
});

test("tells the steps of a rollout while they go on, and as events", () => {
  const run = new Run();
  const step = {
    number: 2,
    of: 5,
    kind: "change",
    nodes: ["cp-2"],
    title: "cp-2: deliver what differs",
  };
  run.plans("replace", ROLLOUT);
  run.hook("apply_start", ROLLOUT, { action: "create" });
  run.reports(ROLLOUT, { step });
  run.agent("cp-2: 1 file delivered");
  run.reports(ROLLOUT, {
    step: { ...step, ended: { milliseconds: 40_000, succeeded: true } },
  });
  expect(run.doing?.what).toBe("step 2 of 5, cp-2: deliver what differs");
  run.seconds = 41;
  run.hook("apply_complete", ROLLOUT, { action: "create" });
  expect(run.said).toEqual(["  cp-2: 1 file delivered"]);
  const resource = {
    stack: "stack",
    address: ROLLOUT,
    action: "create",
    kind: "batch",
    title: "prod",
  };
  const told = { stack: "stack", rollout: "prod", ...step };
  expect(run.output.events).toEqual([
    { type: "resourceStarted", ...resource },
    { type: "stepStarted", ...told },
    {
      type: "message",
      stack: "stack",
      title: "prod",
      text: "cp-2: 1 file delivered",
    },
    { type: "stepEnded", ...told, milliseconds: 40_000, succeeded: true },
    {
      type: "resourceEnded",
      ...resource,
      milliseconds: 41_000,
      succeeded: true,
    },
  ]);
});

test.each([
  "not JSON",
  "{}",
  "null",
  '{"step":{"number":"1"}}',
  '{"files":{"ready":1}}',
])("a report that cannot be read is neither printed nor used: %s", (json) => {
  const run = new Run();
  run.agent(reportLine(run.progress.reportWord, json));
  expect([run.said, run.output.events]).toEqual([[], []]);
});

test("a line that does not begin with this run's word is no report", () => {
  const run = new Run();
  const line = reportLine("0123456789abcdef", '{"files":{"ready":1,"of":2}}');
  run.agent(line);
  expect(run.said).toEqual([`  ${line}`]);
});

test("the output of a user's provisioner is printed, but is in no event", () => {
  const run = new Run();
  run.hook("provision_progress", MINE, { output: "a word" });
  expect(run.said).toEqual([`  ${MINE}: a word`]);
  expect(run.output.events).toEqual([]);
});

test("shows an agent's whole error, although Terraform repeats only its end", () => {
  const run = new Run();
  const log = Array.from({ length: 60 }, (_, i) => `  line ${i} of its log`);
  run.agent(
    "cp-1: 36 files delivered",
    "Error: cp-2: etcd is not healthy after 60 s. The end of its log:",
    ...log,
    "Fix the cause and deploy again.",
  );
  run.fails(
    "Error running command 'agent.cjs': exit status 1. Output: of its log\n  line 59 of its log\nFix the cause and deploy again.\n",
  );
  expect(run.said).toEqual(["  cp-1: 36 files delivered"]);
  expect(run.progress.diagnostics.errors).toEqual([
    [
      "prod: cp-2: etcd is not healthy after 60 s. The end of its log:",
      ...log,
      "Fix the cause and deploy again.",
    ].join("\n"),
  ]);
});

test("says so if the operating system ended the agent", () => {
  const run = new Run();
  run.agent("cp-1: 36 files delivered");
  run.fails(
    "Error running command 'agent.cjs': signal: killed. Output: cp-1: 36 files delivered\n",
  );
  expect(run.progress.diagnostics.errors).toEqual([
    "prod: the operating system ended the agent (signal: killed)",
  ]);
});
