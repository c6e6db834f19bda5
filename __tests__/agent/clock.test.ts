import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Clock, elapsed } from "../../lib/base/clock";
import { retry, waitFor } from "../../lib/agent/cluster/retry";
import { AgentError } from "../../lib/base/errors";
import { rollOut } from "../../lib/agent/rollout/loop";
import type { Progress } from "../../lib/agent/rollout/view";

const LIB = join(__dirname, "../../lib");

/** A clock whose pauses end at once. */
function heldClock(): Clock & { readonly pauses: number[] } {
  let now = 0;
  const pauses: number[] = [];
  return {
    pauses,
    now: () => now,
    pause: async (milliseconds) => {
      pauses.push(milliseconds);
      now += milliseconds;
    },
  };
}

test("the clock is the only file that reads the time", () => {
  const files = readdirSync(LIB, { recursive: true })
    .map(String)
    .filter((file) => file.endsWith(".ts") && file !== "base/clock.ts");
  const reading = files.filter((file) =>
    /\bDate\.now\b|\bnew Date\(\)|performance\.now|hrtime/.test(
      readFileSync(join(LIB, file), "utf8"),
    ),
  );
  expect(files.length).toBeGreaterThan(250);
  expect(reading).toEqual([]);
});

test("measures how long a wait took", async () => {
  const clock = heldClock();
  await clock.pause(12_340);
  expect(elapsed(clock, 0)).toBe("12.3 s");
});

test("ends a wait at its limit", async () => {
  const clock = heldClock();
  expect(await waitFor(clock, 60_000, async () => undefined)).toBeUndefined();
  expect(clock.now()).toBeLessThanOrEqual(60_000);
  expect(clock.now()).toBeGreaterThan(58_000);
  expect(clock.pauses.slice(0, 5)).toEqual([100, 200, 400, 800, 1000]);
});

test("retries while the reason may pass, and as late as the server asks for", async () => {
  const clock = heldClock();
  let tries = 0;
  const attempt = async () => {
    if (++tries < 3) throw new Error("busy");
    return tries;
  };
  const options = { clock, limit: 60_000, isTemporary: () => true };
  expect(await retry(attempt, { ...options, wait: () => 5_000 })).toBe(3);
  expect(clock.pauses).toEqual([5_000, 5_000]);
});

test("lets a rollout wait for the reason of a refusal to pass, but no longer than its patience", async () => {
  const clock = heldClock();
  const refusal = new AgentError("etcd has no quorum");
  let looks = 0;
  const rollout = rollOut<Progress>(
    {
      view: async (done) => {
        looks++;
        return { done };
      },
      decide: () => ({ refusal, patience: 60_000 }),
      title: "prod",
      forecast: () => [],
      doStep: async () => [],
      recordDuration: () => undefined,
    },
    { clock, say: () => undefined },
  );
  await expect(rollout).rejects.toBe(refusal);
  expect(clock.now()).toBe(60_000);
  expect(looks).toBe(121);
});
