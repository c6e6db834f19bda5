import {
  lockPatience,
  readStateLock,
  whenUnlocked,
} from "../../lib/cli/plan/state-lock";

const INFO = `Error message: resource temporarily unavailable
Lock Info:
  ID:        4c118d84-49c6-b628-5109-d6845e53cc65
  Path:      x.tfstate
  Operation: OperationTypeApply
  Who:       jane@laptop
  Version:   1.11.4
  Created:   2026-11-29 03:25:30.519072272 +0000 UTC
  Info:      


Terraform acquires a state lock to protect the state from being written`;

const LOCK = {
  id: "4c118d84-49c6-b628-5109-d6845e53cc65",
  holder: "jane@laptop (apply, since 2026-11-29 03:25:30 UTC)",
};

test.each([
  ["all that a backend tells", INFO, LOCK],
  [
    "a lock without a time",
    INFO.replace(/Created: .*/, "Created:").replace("TypeApply", "TypePlan"),
    { ...LOCK, holder: "jane@laptop (plan)" },
  ],
  [
    "a time with another form",
    INFO.replace(/Created: .*/, "Created:   yesterday"),
    { ...LOCK, holder: "jane@laptop (apply, since yesterday)" },
  ],
  [
    "an error that describes the run itself",
    INFO.replace(
      /message: .*/,
      "message: HTTP remote state already locked: ID=6d1f",
    ),
    { id: "6d1f", holder: "another run" },
  ],
  [
    "an error without a lock",
    "Error message: 423",
    { id: "", holder: "another run" },
  ],
])("the holder is read from %s", (_, detail, lock) => {
  expect(readStateLock(detail)).toEqual(lock);
});

test.each([
  [{}, 1_800_000],
  [{ TF_CLI_ARGS_plan: "-lock-timeout=5m" }, 300_000],
  [{ TF_CLI_ARGS_apply: "-parallelism=1 --lock-timeout=90s" }, 90_000],
  [{ TF_CLI_ARGS_destroy: "-lock-timeout=0s" }, 0],
  [{ TF_CLI_ARGS_plan: "-lock-timeout=nonsense" }, 1_800_000],
  [{ TF_CLI_ARGS_init: "-lock-timeout=5m" }, 1_800_000],
])("with %j a run waits %i ms", (environment, patience) => {
  expect(lockPatience(environment)).toBe(patience);
});

/** Waits with a clock that goes on by as much as Terraform waits, until the lock was asked for `attempts` times. */
async function waiting(
  attempts: number,
  environment: Record<string, string> = {},
) {
  const warnings: string[] = [];
  const timeouts: string[] = [];
  let now = 0;
  const result = await whenUnlocked(
    (timeout) => {
      timeouts.push(timeout);
      now += 1000 * parseInt(timeout);
      const outcome = { exitCode: 1, output: "", stdout: "", isCut: false };
      return Promise.resolve(
        timeouts.length > attempts ? { outcome } : { outcome, locked: INFO },
      );
    },
    { stack: "prod", terraform: "terraform -chdir=cdktf.out/stacks/prod" },
    {
      children: { throwIfInterrupted: () => undefined } as never,
      clock: { now: () => now, pause: () => Promise.resolve() },
      environment,
      output: { warn: (text: string) => warnings.push(text) } as never,
    },
  ).catch((error: unknown) => String((error as Error).message));
  return { result, warnings, timeouts };
}

test("a lock that is free is taken at once, without a word", async () => {
  const { result, warnings, timeouts } = await waiting(0);
  expect(result).toMatchObject({ waited: false });
  expect([warnings, timeouts]).toEqual([[], ["0s"]]);
});

test("a run says whom it waits for, at first and each minute", async () => {
  const { result, warnings, timeouts } = await waiting(3);
  const line = `prod: waiting for ${LOCK.holder}, which holds the lock of Terraform's state`;
  expect(result).toMatchObject({ waited: true });
  expect(warnings).toEqual([
    line,
    `${line}; 1 min so far`,
    `${line}; 2 min so far`,
  ]);
  expect(timeouts).toEqual(["0s", "60s", "60s", "60s"]);
});

test.each([
  [{}, "30 min"],
  [{ TF_CLI_ARGS_apply: "-lock-timeout=90s" }, "2 min"],
  [{ TF_CLI_ARGS_apply: "-lock-timeout=0s" }, "0 s"],
])(
  "fails when a lock stays, with %j, and says how to release it",
  async (environment, waited) => {
    const { result } = await waiting(Infinity, environment);
    expect(result).toBe(
      [
        `prod: ${LOCK.holder} holds the lock of Terraform's state. This run waited for ${waited}, and changed nothing in this stack.`,
        "If that run still works, run this again when it has ended. If it ended without releasing the lock, release it:",
        `  terraform -chdir=cdktf.out/stacks/prod force-unlock ${LOCK.id}`,
      ].join("\n"),
    );
  },
);
