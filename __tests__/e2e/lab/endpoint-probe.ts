import { readFileSync } from "node:fs";
import { join } from "node:path";
import { say, until } from "../say";

/** One request to an endpoint. */
export interface Request {
  /** When it was begun. */
  readonly at: number;
  /** How long it took. */
  readonly milliseconds: number;
  readonly failure?: string;
}

export interface Asked {
  readonly requests: readonly Request[];
  readonly failed: readonly Request[];
  /** From the beginning of the first request that failed to the end of the last one. */
  readonly outageSeconds: number;
}

interface Question {
  /** Where it is asked: starts what runs until its input ends, and gives how to end it. */
  readonly start: (
    command: readonly string[],
    log: string,
  ) => () => Promise<void>;
  /** Of who asks. */
  readonly kubeconfig: string;
  readonly host: string;
  readonly port: number;
  /** Where the answers are kept. */
  readonly log: string;
}

/** So many requests in a row that are answered are the end of an outage. */
const CALM = 50;

/** Asks an endpoint all the while that something is done, and until it has answered for five seconds without a failure. */
export async function askWhile(
  { start, kubeconfig, host, port, log }: Question,
  action: () => Promise<unknown>,
): Promise<Asked> {
  const stop = start(
    [
      process.execPath,
      join(__dirname, "endpoint-probe.mjs"),
      kubeconfig,
      host,
      `${port}`,
    ],
    log,
  );
  const answeredFor = (count: number) => () => {
    const last = read(log).slice(-count);
    return Promise.resolve(
      last.length === count && last.every(({ failure }) => !failure),
    );
  };
  try {
    await until(`${host}:${port} answers`, 30, answeredFor(1));
    await action();
    const before = read(log).length;
    await until(`${host}:${port} answers again`, 60, () =>
      read(log).length < before + CALM
        ? Promise.resolve(false)
        : answeredFor(CALM)(),
    );
  } finally {
    await stop();
  }
  return judge(read(log));
}

/** Each that has ended, in the order of their beginnings. */
const read = (log: string): Request[] =>
  readFileSync(log, "utf8")
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Request)
    .sort((a, b) => a.at - b.at);

function judge(requests: readonly Request[]): Asked {
  const failed = requests.filter(({ failure }) => failure);
  const ends = failed.map(({ at, milliseconds }) => at + milliseconds);
  const outageSeconds =
    failed.length > 0 ? (Math.max(...ends) - failed[0].at) / 1000 : 0;
  const slowest = Math.max(...requests.map((each) => each.milliseconds));
  const kinds = [...new Set(failed.map(({ failure }) => failure))].join(", ");
  say(
    `${requests.length} requests, ${failed.length} failed within ${outageSeconds.toFixed(1)} s${kinds && ` (${kinds})`}; the slowest took ${slowest} ms`,
  );
  return { requests, failed, outageSeconds };
}
