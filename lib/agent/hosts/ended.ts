import { saidTooMuch, tookTooLong, type Target } from "../errors-hosts";
import { LIMITS } from "../limits";
import type { Ended } from "./child";
import type { RunOptions } from "./host";

/** Throws where a command on a host was ended because it took too long or said too much. */
export function checkEnded(
  target: Target,
  { timedOut, exceeded }: Ended,
  { timeout = LIMITS.commandTime }: Pick<RunOptions, "timeout">,
): void {
  if (timedOut) throw tookTooLong(target, timeout);
  if (exceeded !== undefined) throw saidTooMuch(target, exceeded);
}
