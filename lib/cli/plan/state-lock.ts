import { milliseconds } from "../../base/duration";
import { isGoDuration } from "../../catalog/go-duration";
import { stateLocked } from "../errors";
import type { Clock } from "../../base/clock";
import type { Output } from "../output";
import type { Children, Environment, Outcome } from "./children";

/** The run that holds the lock of Terraform's state, as Terraform's error describes it. */
export interface StateLock {
  readonly id: string;
  /** `jane@laptop (apply, since 2026-11-29 03:25:30 UTC)` */
  readonly holder: string;
}

/** Reads Terraform's error about a lock. Some backends do not tell who holds it. */
export function readStateLock(detail: string): StateLock {
  const field = (name: string): string =>
    new RegExp(`^ *${name}: +(\\S.*?) *$`, "m").exec(detail)?.[1] ?? "";
  // The backend `http` tells the id of the lock, but then describes this run instead of the one that holds it.
  const [, other] = /already locked: ID=(\S+)/.exec(detail) ?? [];
  if (other && other !== field("ID"))
    return { id: other, holder: "another run" };
  const operation = field("Operation")
    .replace(/^OperationType/, "")
    .toLowerCase();
  const since = field("Created").replace(/\.\d+ \+0000 UTC$/, " UTC");
  const about = [operation, since && `since ${since}`].filter(Boolean);
  return {
    id: field("ID"),
    holder:
      (field("Who") || "another run") +
      (about.length > 0 ? ` (${about.join(", ")})` : ""),
  };
}

/** Milliseconds that a run waits for another one, unless the user sets `-lock-timeout`: as long as for a store's lock. */
const PATIENCE = 30 * 60_000;
/** Milliseconds between two lines that say that this run still waits. */
const PAUSE = 60_000;

/** The `-lock-timeout` among the user's options for Terraform, in milliseconds. */
export function lockPatience(environment: Environment): number {
  const given = Object.entries(environment).flatMap(([name, args]) =>
    /^TF_CLI_ARGS_(plan|apply|destroy)$/.test(name)
      ? (/(?:^|\s)--?lock-timeout[= ](\S+)/.exec(args ?? "")?.[1] ?? [])
      : [],
  );
  const [timeout] = given.filter(isGoDuration);
  return timeout === undefined ? PATIENCE : milliseconds(timeout);
}

interface Surroundings {
  readonly children: Children;
  readonly clock: Clock;
  readonly environment: Environment;
  readonly output: Output;
}

/**
 * Runs Terraform. If another run holds the lock of the state, says who it is, and waits until the lock is released. The
 * first attempt does not wait, because Terraform names the holder only when it gives up.
 *
 * @param attempt runs Terraform with a `-lock-timeout`, and returns the detail of its error if it did not get the lock
 */
export async function whenUnlocked(
  attempt: (
    lockTimeout: string,
  ) => Promise<{ readonly outcome: Outcome; readonly locked?: string }>,
  about: { readonly stack: string; readonly terraform: string },
  { children, clock, environment, output }: Surroundings,
): Promise<{ readonly outcome: Outcome; readonly waited: boolean }> {
  const began = clock.now();
  const patience = lockPatience(environment);
  for (let pause = 0; ;) {
    const { outcome, locked } = await attempt(`${Math.ceil(pause / 1000)}s`);
    children.throwIfInterrupted();
    if (locked === undefined) return { outcome, waited: pause > 0 };
    const lock = readStateLock(locked);
    const waited = clock.now() - began;
    const left = patience - waited;
    if (left <= 0)
      throw stateLocked({
        ...about,
        ...lock,
        waited: minutes(waited),
        said: locked,
      });
    output.warn(
      `${about.stack}: waiting for ${lock.holder}, which holds the lock of Terraform's state${pause > 0 ? `; ${minutes(waited)} so far` : ""}`,
    );
    pause = Math.min(PAUSE, left);
  }
}

const minutes = (milliseconds: number): string =>
  milliseconds < PAUSE
    ? `${Math.round(milliseconds / 1000)} s`
    : `${Math.round(milliseconds / PAUSE)} min`;
