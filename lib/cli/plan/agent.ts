import { join } from "node:path";
import type {
  CheckRequest,
  Request,
  TeardownRequest,
} from "../../request/request";
import type { NodeDrift } from "../../agent/rollout/drift";
import type { Context } from "./workspace";

/** The agent beside this bundle. */
const AGENT = join(__dirname, "agent.cjs");

/** Runs the agent's teardown, as Terraform would; its lines are for people. */
export async function runTeardown(
  request: TeardownRequest,
  base: string,
  context: Context,
): Promise<boolean> {
  const { output } = context;
  const { exitCode, errors } = await runAgent(request, base, context, (line) =>
    output.say(`  ${line}`),
  );
  if (exitCode !== 0) output.fail(errors);
  return exitCode === 0;
}

/** Lets the agent compare hosts with their trees; a string says why it could not. */
export async function runCheck(
  request: CheckRequest,
  context: Context,
): Promise<readonly NodeDrift[] | string> {
  const lines: string[] = [];
  const { exitCode, errors } = await runAgent(
    request,
    process.cwd(),
    context,
    (line) => lines.push(line),
  );
  context.children.goOn();
  return exitCode === 0
    ? (JSON.parse(lines.join("")) as readonly NodeDrift[])
    : errors;
}

async function runAgent(
  request: Request,
  base: string,
  { children, environment }: Context,
  onLine: (line: string) => void,
): Promise<{ readonly exitCode: number; readonly errors: string }> {
  const { exitCode, output } = await children.run({
    command: process.execPath,
    args: [AGENT],
    directory: base,
    environment: { ...environment, REQUEST: JSON.stringify(request) },
    onLine,
  });
  const errors = output.trim().replace(/^Error: /, "");
  return { exitCode, errors: errors || "Its agent was ended by the system." };
}
