import { Worker } from "node:worker_threads";
import fc from "fast-check";
import { SETTINGS } from "./settings";

/** Milliseconds after which a run counts as hanging. It is far longer than any run takes on a slow machine. */
const PATIENCE = 120_000;

/** Ends this process if the main thread is stuck, because a loop that never ends would also stop a timer there. */
const WATCH = `
const { parentPort, workerData } = require("node:worker_threads");
let timer;
parentPort.on("message", (input) => {
  clearTimeout(timer);
  if (input === undefined) return;
  timer = setTimeout(() => {
    require("node:fs").writeSync(2, "A run hangs. Seed: " + workerData.seed + ". Input: " + input + "\\n");
    process.kill(process.pid, "SIGKILL");
  }, workerData.patience);
});
`;

/**
 * Checks that every run for a generated input ends well. An input for which a run never ends is printed, whether the run
 * waits or computes; any other failure is printed by fast-check, with the seed and the smallest input.
 */
export async function checkAll<T>(
  inputs: fc.Arbitrary<T>,
  run: (input: T) => Promise<void>,
): Promise<void> {
  const workerData = { seed: SETTINGS.seed, patience: 1.5 * PATIENCE };
  const watchdog = new Worker(WATCH, { eval: true, workerData });
  try {
    await fc.assert(
      fc.asyncProperty(inputs, async (input) => {
        watchdog.postMessage(fc.stringify(input));
        await run(input);
        watchdog.postMessage(undefined);
      }),
      { ...SETTINGS, timeout: PATIENCE },
    );
  } finally {
    await watchdog.terminate();
  }
}
