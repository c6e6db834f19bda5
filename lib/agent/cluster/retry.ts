import type { Clock } from "../../base/clock";

const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 1000;

/** Milliseconds before each further try: soon at first, since most of what is waited for is about to be. */
function* pauses(): Generator<number, never> {
  for (let next = FIRST_PAUSE; ; next = Math.min(next * 2, LONGEST_PAUSE))
    yield next;
}

export interface RetryOptions {
  readonly clock: Clock;
  /** Milliseconds in which it may be tried again. */
  readonly limit: number;
  /** Whether the reason may be gone in a moment. */
  passes(error: unknown): boolean;
  /** The least number of milliseconds to leave the other side alone. */
  wait?(error: unknown): number | undefined;
}

/** Tries again what fails for a reason that passes; the last reason is thrown. */
export async function retry<T>(
  action: () => Promise<T>,
  { clock, limit, passes, wait }: RetryOptions,
): Promise<T> {
  const end = clock.now() + limit;
  for (const next of pauses()) {
    try {
      return await action();
    } catch (error) {
      const milliseconds = Math.max(next, wait?.(error) ?? 0);
      if (!passes(error) || clock.now() + milliseconds > end) throw error;
      await clock.pause(milliseconds);
    }
  }
  throw new Error("unreachable");
}

/** Asks until there is an answer; `undefined` where there is none in time. */
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

/** Does it with all of them, no more than a few at once. After a failure none is begun, and those begun are waited for. */
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
