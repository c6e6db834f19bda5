import { PLAIN } from "../../lib/cli/output";
import type { Contents, StackStore } from "../../lib/cli/plan/contents";
import { Progress } from "../../lib/cli/plan/progress";

const ROLLOUT = "terraform_data.rollout";
const STORE = { stack: "stack", directory: "/nowhere" } as StackStore;
const CONTENTS: Contents = {
  resources: new Map([
    [ROLLOUT, { address: ROLLOUT, kind: "batch", title: "prod", store: STORE }],
  ]),
  stores: [STORE],
  outputs: new Set(),
};

/** Feeds Terraform's messages of one run to a `Progress`, and records what it prints. */
class Run {
  seconds = 0;
  readonly said: string[] = [];
  readonly progress = new Progress({
    contents: CONTENTS,
    state: { resources: new Map(), kinds: new Map() },
    now: () => this.seconds * 1000,
    output: {
      say: (line = "") => this.said.push(line),
      warn: () => undefined,
      fail: () => undefined,
      style: PLAIN,
    },
  });

  agent(...lines: readonly string[]): void {
    for (const output of lines) this.hook("provision_progress", { output });
  }

  /** Lets time pass, and reports it as Terraform does every ten seconds. */
  passes(seconds: number): void {
    this.seconds += seconds;
    this.hook("apply_progress", { elapsed_seconds: this.seconds });
  }

  fails(detail: string): void {
    this.progress.line(
      JSON.stringify({
        type: "diagnostic",
        diagnostic: {
          severity: "error",
          summary: "local-exec provisioner error",
          detail,
          address: ROLLOUT,
        },
      }),
    );
  }

  private hook(type: string, more: object): void {
    const hook = { resource: { addr: ROLLOUT }, ...more };
    this.progress.line(JSON.stringify({ type, hook }));
  }
}

test("says after a silence that the run still goes on, at growing intervals", () => {
  const run = new Run();
  run.passes(10);
  run.seconds = 14;
  run.agent("cp-1: 36 files delivered");
  run.passes(6);
  for (let tens = 0; tens < 20; tens++) run.passes(10);
  expect(run.said).toEqual([
    "  prod: running for 10 s",
    "  cp-1: 36 files delivered",
    "  prod: running for 30 s",
    "  prod: running for 50 s",
    "  prod: running for 90 s",
    "  prod: running for 150 s",
    "  prod: running for 210 s",
  ]);
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
