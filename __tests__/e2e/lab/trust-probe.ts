import { readFileSync } from "node:fs";
import { join } from "node:path";
import { say } from "../say";
import type { Deployment } from "./deployment";
import type { Lab } from "./lab";

export interface Refusal {
  readonly at: number;
  /** The name of the client. */
  readonly name: string;
  readonly host: string;
  readonly reason: string;
}

export interface Trust {
  readonly refusals: readonly Refusal[];
  /** How many requests of each client were answered. */
  readonly answered: Readonly<Record<string, number>>;
}

/** Asks all API servers again and again during an action, as each of these clients. */
export async function trustWhile(
  {
    lab,
    cluster,
    servers,
    clients,
  }: {
    readonly lab: Lab;
    readonly cluster: Deployment;
    readonly servers: readonly string[];
    /** The paths of their kubeconfigs, by name. */
    readonly clients: Readonly<Record<string, string>>;
  },
  action: () => Promise<unknown>,
): Promise<Trust> {
  const log = join(cluster.directory, "trust.log");
  const stop = lab.admin.start(
    [
      process.execPath,
      join(__dirname, "trust-probe.mjs"),
      ...Object.entries(clients).map(([name, path]) => `${name}=${path}`),
      "--",
      ...servers,
    ],
    log,
  );
  try {
    await action();
  } finally {
    await stop();
  }
  const lines = readFileSync(log, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Refusal | Pick<Trust, "answered">);
  const refusals = lines.filter((line): line is Refusal => "reason" in line);
  const { answered } = lines.find((line) => "answered" in line) as Trust;
  say(
    `${JSON.stringify(answered)} answered, ${refusals.length} refused ${JSON.stringify(refusals.slice(0, 3))}`,
  );
  return { refusals, answered };
}
