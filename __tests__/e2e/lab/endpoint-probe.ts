import { readFileSync } from "node:fs";
import { join } from "node:path";
import { say, until } from "../say";

/** One request to an endpoint. */
export interface Request {
  /** When it started. */
  readonly at: number;
  /** How many milliseconds it took. */
  readonly milliseconds: number;
  readonly failure?: string;
}

export interface Asked {
  readonly requests: readonly Request[];
  readonly failed: readonly Request[];
  /** Milliseconds from the start of the first failed request to the end of the last one. */
  readonly outageSeconds: number;
}

interface Question {
  /** Starts a command on the asking machine that runs until its input ends. Returns a function that ends it. */
  readonly start: (
    command: readonly string[],
    log: string,
  ) => () => Promise<void>;
  /** The kubeconfig of the client. */
  readonly kubeconfig: string;
  readonly host: string;
  readonly port: number;
  /** The file for the answers. */
  readonly log: string;
}

/** After this many successful requests in a row, an outage is over. */
const CALM = 50;

/** Sends requests to an endpoint during an action, and afterwards until it has answered without a failure for 5 s. */
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
  return summarize(read(log));
}

/** The requests that have ended, ordered by their start. */
const read = (log: string): Request[] =>
  readFileSync(log, "utf8")
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Request)
    .sort((a, b) => a.at - b.at);

function summarize(requests: readonly Request[]): Asked {
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
