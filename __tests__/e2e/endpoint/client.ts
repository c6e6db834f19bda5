import { readFileSync } from "node:fs";
import type { Machine } from "../machines";

interface Failure {
  /** Milliseconds since the first request. */
  readonly at: number;
  /** When the failure was reported. */
  readonly until: number;
  readonly code: number;
}

/** Sends requests until it is ended, each one over a new connection. */
export class Client {
  private readonly end: () => Promise<void>;

  constructor(
    machine: Machine,
    url: string,
    private readonly log: string,
  ) {
    const script = [
      "while :; do",
      `  start=$(date +%s%3N); curl --silent --fail --insecure --max-time 2 --output /dev/null ${url}/version`,
      '  echo "$start $? $(date +%s%3N)"',
      "  read -r -t 0.02; [ $? -gt 128 ] || exit 0",
      "done",
    ].join("\n");
    this.end = machine.start(["bash", "-c", script], log);
  }

  async failures(): Promise<{ asked: number; failed: Failure[] }> {
    await this.end();
    const all = readFileSync(this.log, "utf8")
      .trim()
      .split("\n")
      .map((line) => line.split(" ").map(Number));
    const [[start]] = all;
    return {
      asked: all.length,
      failed: all
        .filter(([, code]) => code !== 0)
        .map(([at, code, until]) => ({
          at: at - start,
          until: until - start,
          code,
        })),
    };
  }
}

/** Milliseconds from the first failed request to the end of the last one. */
export function outage(failed: readonly Failure[]): number {
  const [first] = failed;
  const last = failed.at(-1);
  return first && last ? last.until - first.at : 0;
}
