import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RolloutRequest } from "../../lib/request/request";
import type { Deployment, Program } from "./terraform";

const REQUESTS = "requests.jsonl";

/** Terraform's part of rollouts: what they are told is written down. No host is reached, all else of the agent is real. */
export class RecordedRollouts {
  constructor(private readonly deployment: Deployment) {}

  program(of: Program): Deployment {
    const { deployment } = this;
    deployment.program(of);
    const folder = join(
      deployment.folder(),
      "assets/control-plane-agent/current",
    );
    renameSync(join(folder, "agent.cjs"), join(folder, "real-agent.cjs"));
    writeFileSync(
      join(folder, "agent.cjs"),
      `const request = JSON.parse(process.env.REQUEST);
       const { appendFileSync } = require("node:fs");
       appendFileSync(${JSON.stringify(deployment.path(REQUESTS))}, process.env.REQUEST + "\\n");
       if (request.action !== "rollout") require("./real-agent.cjs");`,
    );
    return deployment;
  }

  /** What the agent was asked to do since, in order. */
  requests(): RolloutRequest[] {
    const lines = readFileSync(this.deployment.path(REQUESTS), "utf8");
    this.deployment.remove(REQUESTS);
    return lines
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
  }
}
