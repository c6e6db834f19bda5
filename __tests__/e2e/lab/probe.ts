import { readFileSync } from "node:fs";
import { join } from "node:path";
import { say, until } from "../say";
import type { Deployment } from "./deployment";
import type { Lab } from "./lab";

interface Round {
  readonly at: number;
  /** The name of the object that was written. */
  readonly name: string;
  /** How many API servers were ready. */
  readonly ready: number;
  readonly write: boolean;
  readonly read: boolean;
}

export interface Probed {
  readonly rounds: readonly Round[];
  readonly fewestReady: number;
  readonly failedWrites: number;
  /** Objects that were written and acknowledged, but are missing. */
  readonly lost: readonly string[];
}

/** Reads and writes through the API servers during an action. */
export async function probeWhile(
  {
    lab,
    cluster,
    servers,
  }: {
    readonly lab: Lab;
    readonly cluster: Deployment;
    readonly servers: readonly string[];
  },
  action: () => Promise<unknown>,
): Promise<Probed> {
  const log = join(cluster.directory, "probe.log");
  const stop = lab.admin.start(
    [
      process.execPath,
      join(__dirname, "probe.mjs"),
      cluster.store("kubeconfigs/admin.conf"),
      ...servers,
    ],
    log,
  );
  try {
    await action();
  } finally {
    await stop();
  }
  const rounds = readFileSync(log, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Round);
  const there = new Set(
    (
      await cluster.kubectl(
        "get",
        "configmaps",
        "--selector",
        "probe",
        "--output",
        "jsonpath={.items[*].metadata.name}",
      )
    ).split(" "),
  );
  const acknowledged = rounds.filter(({ write }) => write);
  const failedWrites = rounds.length - acknowledged.length;
  const fewestReady = Math.min(...rounds.map(({ ready }) => ready));
  say(
    `${rounds.length} rounds: at least ${fewestReady} API servers ready, ${failedWrites} writes failed`,
  );
  // In one request: kubectl would send one for each object, five per second.
  const all = "/api/v1/namespaces/default/configmaps?labelSelector=probe";
  // Thousands of objects may take longer than a request may; the next one goes on.
  await until("delete the objects of the probe", 300, async () => {
    await cluster.kubectl("delete", "--raw", all);
    return true;
  });
  return {
    rounds,
    fewestReady,
    failedWrites,
    lost: acknowledged
      .map(({ name }) => name)
      .filter((name) => !there.has(name)),
  };
}
