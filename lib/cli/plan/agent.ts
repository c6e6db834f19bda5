import { randomBytes } from "node:crypto";
import { join, resolve } from "node:path";
import { requestVariables } from "../../request/environment";
import type { EtcdOutcome } from "../../request/etcd-care";
import {
  type EtcdReport,
  reportIn,
  REPORT_VARIABLE,
} from "../../request/report";
import type {
  BackupRequest,
  CheckRequest,
  EtcdCareRequest,
  PreviewRequest,
  RenewalRequest,
  Request,
  TeardownRequest,
  UpgradeCheckRequest,
} from "../../request/request";
import type { NodeDrift } from "../../request/drift";
import type { Backup } from "../../agent/backup/backup";
import type { Preview } from "../../agent/rollout/preview-shape";
import type { UpgradeReport } from "../../agent/upgrade/report";
import { visibleLine } from "../../base/visible";
import { shownPath } from "../text";
import type { Context } from "./workspace";

/** The agent's bundle, which lies beside the bundle of the command line. */
const AGENT = join(__dirname, "agent.cjs");

/**
 * Runs the agent for a request that changes something, as Terraform would, and prints its progress. Returns whether it
 * succeeded.
 */
export async function runChange(
  request: TeardownRequest | RenewalRequest,
  base: string,
  context: Context,
): Promise<boolean> {
  const { output } = context;
  const { action, stack } = request;
  const store = shownPath(resolve(base, request.store));
  const { exitCode, errors } = await output.during(
    { phase: action, store },
    () =>
      runAgent(request, base, context, (text) => {
        output.note(`  ${text}`);
        output.event("message", { stack, title: action, text });
      }),
    (ended) => ended.exitCode === 0,
  );
  if (exitCode !== 0) output.fail(errors);
  return exitCode === 0;
}

/** Runs the agent to compare hosts with their node trees. A string is the reason why it could not. */
export async function runCheck(
  request: CheckRequest,
  context: Context,
): Promise<readonly NodeDrift[] | string> {
  return answerOf<readonly NodeDrift[]>(request, process.cwd(), context);
}

/** Runs the agent to save a cluster. A string is the reason why it could not. */
export async function runBackup(
  request: BackupRequest,
  context: Context,
): Promise<Backup | string> {
  return answerOf<Backup>(request, process.cwd(), context);
}

/** Runs the agent to ask a cluster what an upgrade depends on. A string is the reason why it could not. */
export async function runUpgradeCheck(
  request: UpgradeCheckRequest,
  context: Context,
): Promise<UpgradeReport | string> {
  return answerOf<UpgradeReport>(request, process.cwd(), context);
}

/** Runs the agent to find out what rollouts would do on the hosts. A string is the reason why it could not. */
export async function runPreview(
  request: PreviewRequest,
  base: string,
  context: Context,
): Promise<readonly Preview[] | string> {
  return answerOf<readonly Preview[]>(request, base, context);
}

/** Runs the agent to ask the members of etcd. A string is the reason why it could not. */
export const askEtcd = (
  request: EtcdCareRequest,
  context: Context,
): Promise<EtcdOutcome | string> =>
  answerOf<EtcdOutcome>(request, process.cwd(), context);

/**
 * Runs the agent to look after etcd, and prints its progress. The outcome tells what was done, even if it failed then;
 * it is absent if the agent failed before it had asked the members.
 */
export async function careForEtcd(
  request: EtcdCareRequest,
  { environment, ...context }: Context,
): Promise<{ readonly outcome?: EtcdOutcome; readonly failure?: string }> {
  const word = randomBytes(16).toString("hex");
  let outcome: EtcdOutcome | undefined;
  const { exitCode, errors } = await runAgent(
    request,
    process.cwd(),
    { ...context, environment: { ...environment, [REPORT_VARIABLE]: word } },
    (line) => {
      const report = reportIn(word, line);
      if (report === undefined) context.output.note(`  ${line}`);
      else outcome = (JSON.parse(report) as EtcdReport).etcd;
    },
  );
  context.children.throwIfInterrupted();
  return { outcome, ...(exitCode !== 0 && { failure: errors }) };
}

/** Runs the agent for a request that changes nothing, and returns the JSON that it prints; a string is its error. */
async function answerOf<T>(
  request: Request,
  base: string,
  context: Context,
): Promise<T | string> {
  const lines: string[] = [];
  const { exitCode, errors } = await runAgent(request, base, context, (line) =>
    lines.push(line),
  );
  context.children.throwIfInterrupted();
  return exitCode === 0 ? readAnswer<T>(lines.join("\n")) : errors;
}

/** Parses what an agent printed. A string says why it is not an answer. */
export function readAnswer<T>(text: string): T | string {
  try {
    return JSON.parse(text) as T;
  } catch {
    const beginning = visibleLine(text.trim()).slice(0, 100);
    return `The agent did not answer in JSON, but with ${beginning === "" ? "nothing" : `"${beginning}" …`}. Something else in its process prints to standard output; find out what starts with each Node.js program on this machine.`;
  }
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
    environment: { ...environment, ...requestVariables(request) },
    onLine,
    takesBack: request.action === "renewal" && request.takenBack,
  });
  const errors = output.trim().replace(/^Error: /, "");
  return {
    exitCode,
    errors: errors || "The operating system ended the agent.",
  };
}
