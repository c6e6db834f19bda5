import { tooMuchOutput, commandTimedOut, type Target } from "./errors";
import { hasTooManyLines, LIMITS, shownBytes } from "../../base/limits";
import type { ChildResult } from "./child";
import type { RunOptions } from "./host";

/** Throws if a command on a host took too long or printed too much. */
export function checkChildResult(
  target: Target,
  { timedOut, exceeded, stdout }: ChildResult,
  { timeout = LIMITS.commandTime }: Pick<RunOptions, "timeout">,
): void {
  if (timedOut) throw commandTimedOut(target, timeout);
  if (exceeded !== undefined) throw tooMuchOutput(target, shownBytes(exceeded));
  if (hasTooManyLines(stdout))
    throw tooMuchOutput(target, `${LIMITS.lines} lines`);
}
