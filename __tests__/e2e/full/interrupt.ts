import { readdirSync, readFileSync } from "node:fs";
import type { Deployment } from "../lab/deployment";

/** A process that a deploy started. */
export interface Started {
  readonly pid: number;
  readonly words: readonly string[];
}

/** What runs for this deployment, and for no other: its home is in their environment. */
export function startedBy({ directory }: Deployment): Started[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const environment = wordsOf(pid, "environ");
      return environment.includes(`HOME=${directory}`)
        ? [{ pid: Number(pid), words: wordsOf(pid, "cmdline") }]
        : [];
    });
}

/** Ends Terraform and its agents so that they cannot do anything about it. */
export function killTerraform(cluster: Deployment): void {
  const victims = startedBy(cluster).filter(({ words }) =>
    words.some((word) => /(^|\/)(terraform|tofu|agent\.cjs)$/.test(word)),
  );
  if (victims.length === 0) throw new Error("no deploy is at work");
  for (const { pid } of victims) kill(pid);
}

/** It may have ended with the one before. */
function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Empty where the process has ended meanwhile. */
function wordsOf(pid: string, file: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8").split("\0");
  } catch {
    return [];
  }
}
