import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RolloutRequest } from "../../lib/request/request";
import type { Deployment, Program } from "./terraform";

const REQUESTS = "requests.jsonl";

/**
 * Records the requests of rollouts instead of running them, so no host is needed. All other actions run the real agent.
 */
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
      `const { appendFileSync } = require("node:fs");
       const { gunzipSync } = require("node:zlib");
       const request = gunzipSync(Buffer.from(process.env.REQUEST_0, "base64")).toString();
       appendFileSync(${JSON.stringify(deployment.path(REQUESTS))}, request + "\\n");
       if (JSON.parse(request).action !== "rollout") require("./real-agent.cjs");`,
    );
    return deployment;
  }

  /** The requests since the last call, in order. */
  requests(): RolloutRequest[] {
    const lines = readFileSync(this.deployment.path(REQUESTS), "utf8");
    this.deployment.remove(REQUESTS);
    return lines
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
  }
}
