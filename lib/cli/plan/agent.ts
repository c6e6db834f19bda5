import { join } from "node:path";
import type {
  CheckRequest,
  PreviewRequest,
  Request,
  TeardownRequest,
} from "../../request/request";
import type { NodeDrift } from "../../request/drift";
import type { Preview } from "../../agent/rollout/preview-shape";
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
  return answerOf<readonly NodeDrift[]>(request, process.cwd(), context);
}

/** Lets the agent look at hosts and say what rollouts would do there; a string says why it could not. */
export async function runPreview(
  request: PreviewRequest,
  base: string,
  context: Context,
): Promise<readonly Preview[] | string> {
  return answerOf<readonly Preview[]>(request, base, context);
}

/** What an agent that only looks prints as JSON; a string says why it printed none. */
async function answerOf<T>(
  request: Request,
  base: string,
  context: Context,
): Promise<T | string> {
  const lines: string[] = [];
  const { exitCode, errors } = await runAgent(request, base, context, (line) =>
    lines.push(line),
  );
  context.children.goOn();
  return exitCode === 0 ? (JSON.parse(lines.join("")) as T) : errors;
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
