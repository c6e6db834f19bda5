import type { Host } from "../hosts/host";
import LOG from "../hosts/scripts/log.sh";
import { LIMITS } from "../../base/limits";
import type { ComponentRequest } from "../../request/request";

const LOG_LINES = 12;

export async function logOf(
  host: Host,
  node: string,
  { name, unit = "" }: ComponentRequest,
  file = "",
): Promise<string[]> {
  try {
    const { stdout } = await host.run(LOG, {
      args: [node, name, String(LOG_LINES), unit, file, String(LIMITS.logEnd)],
    });
    return stdout
      .toString()
      .trim()
      .split("\n")
      .slice(-LOG_LINES)
      .map((line) => line.replace(CRI_PREFIX, "").slice(0, LIMITS.logLine));
  } catch {
    return ["its log cannot be read"];
  }
}

/** The prefix that the container runtime adds to each line. */
const CRI_PREFIX = /^\S+ (stdout|stderr) [FP] /;
