import { join } from "node:path";
import type { TeardownRequest } from "../agent/request";
import type { Context } from "./workspace";

/** The agent beside this bundle. */
const AGENT = join(__dirname, "agent.js");

/** Runs the agent's teardown, as Terraform would; its lines are for people. */
export async function runTeardown(
  request: TeardownRequest,
  base: string,
  { children, environment, output }: Context,
): Promise<boolean> {
  const { exitCode, output: errors } = await children.run({
    command: process.execPath,
    args: [AGENT],
    directory: base,
    environment: { ...environment, REQUEST: JSON.stringify(request) },
    onLine: (line) => output.say(`  ${line}`),
  });
  if (exitCode !== 0) output.fail(errors.trim().replace(/^Error: /, ""));
  return exitCode === 0;
}
