import { saidTooMuch, tookTooLong, type Target } from "./errors";
import { hasTooManyLines, LIMITS, shownBytes } from "../../base/limits";
import type { Ended } from "./child";
import type { RunOptions } from "./host";

/** Throws where a command on a host was ended because it took too long or said too much. */
export function checkEnded(
  target: Target,
  { timedOut, exceeded, stdout }: Ended,
  { timeout = LIMITS.commandTime }: Pick<RunOptions, "timeout">,
): void {
  if (timedOut) throw tookTooLong(target, timeout);
  if (exceeded !== undefined) throw saidTooMuch(target, shownBytes(exceeded));
  if (hasTooManyLines(stdout))
    throw saidTooMuch(target, `${LIMITS.lines} lines`);
}
