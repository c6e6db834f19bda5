import type { Clock } from "../../base/clock";

const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 1000;

/** Milliseconds before each further attempt. The first are short, because most waits are short. */
function* pauses(): Generator<number, never> {
  for (let next = FIRST_PAUSE; ; next = Math.min(next * 2, LONGEST_PAUSE))
    yield next;
}

export interface RetryOptions {
  readonly clock: Clock;
  /** Milliseconds in which the action may be repeated. */
  readonly limit: number;
  /** Whether the error may be gone in a moment. */
  isTemporary(error: unknown): boolean;
  /** The minimal number of milliseconds before the next attempt. */
  wait?(error: unknown): number | undefined;
}

/** Repeats an action while it fails with a temporary error. Throws the last error. */
export async function retry<T>(
  action: () => Promise<T>,
  { clock, limit, isTemporary, wait }: RetryOptions,
): Promise<T> {
  const end = clock.now() + limit;
  for (const next of pauses()) {
    try {
      return await action();
    } catch (error) {
      const milliseconds = Math.max(next, wait?.(error) ?? 0);
      if (!isTemporary(error) || clock.now() + milliseconds > end) throw error;
      await clock.pause(milliseconds);
    }
  }
  throw new Error("unreachable");
}

/** Repeats a query until it has a result; `undefined` if there is none in time. */
export async function waitFor<T>(
  clock: Clock,
  limit: number,
  ask: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const end = clock.now() + limit;
  for (const next of pauses()) {
    const answer = await ask();
    if (answer !== undefined || clock.now() + next > end) return answer;
    await clock.pause(next);
  }
  return undefined;
}

/** Runs an action for all items, a few at a time. After a failure it starts no more, waits for the others, and throws. */
export async function inParallel<T>(
  items: readonly T[],
  atOnce: number,
  action: (item: T) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  const waiting = items.values();
  const worker = async () => {
    for (const item of waiting) {
      if (failures.length > 0) return;
      await action(item).catch((error: unknown) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  if (failures.length > 0) throw failures[0];
}
