import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type Clock, SYSTEM_CLOCK } from "../base/clock";
import { runBatch } from "./make/batch";
import type { Work } from "../store/work";
import {
  AgentError,
  invalidRequest,
  noRequest,
  requestTooLong,
} from "../base/errors";
import { errorCode, fileError } from "../base/files";
import { acquireLock, type LockOptions } from "../store/lock";
import { checkWorkspace } from "../store/owner";
import { DEFAULT_WORKSPACE } from "../store/workspace";
import { systemProcesses, type Processes } from "../base/processes";
import { REQUEST_LENGTH, requestIn, TOO_LONG } from "../request/environment";
import {
  GIVE_UP_VARIABLE,
  PREVIEW_VARIABLE,
  type PreviewOrder,
  type PreviewRequest,
  type Request,
} from "../request/request";
import { REPORT_VARIABLE, reportLine } from "../request/report";
import { runBackup } from "./run-backup";
import { runCheck } from "./run-check";
import { etcdStatus, runEtcdCare } from "./run-etcd-care";
import { counted } from "../base/counted";
import type { Preview } from "./rollout/preview-shape";
import { runPreview } from "./run-preview";
import { runRenewal } from "./run-renewal";
import { runRollout } from "./run-rollout";
import { checkSignatures } from "../store/signatures";
import { nodeOfBatch } from "../store/node-files";
import { Store } from "../store/store";
import { secureStore } from "../store/survey";
import { runTeardown } from "./teardown";
import { runUpgradeCheck } from "./run-upgrade-check";
import { visible, visibleJson, visibleLines } from "../base/visible";

type Environment = Readonly<Record<string, string | undefined>>;

/** Carries out the request in the environment. Prints what people should know, and nothing secret. */
export async function runAgent(
  environment: Environment,
  given?: Processes,
  clock: Clock = SYSTEM_CLOCK,
): Promise<number> {
  try {
    const processes = given ?? systemProcesses();
    const request = readRequest(environment);
    const store = storeOf(request);
    // First of all, so that nothing of another workspace is touched, not even its lock.
    checkWorkspace(store, workspaceOf(request));
    if (request.action === "teardown" && !store.exists)
      say(`${store.shown()}: nothing to remove`);
    else if (request.action === "preview")
      console.log(visibleJson(await preview(request, store, clock)));
    else if (request.action === "etcd" && request.task === "status")
      console.log(visibleJson(await etcdStatus(workOn(store, "", clock))));
    else await runLocked(request, environment, store, { processes, clock });
    return 0;
  } catch (error) {
    // Always the last output: `cdktf-control-plane deploy` recognizes it by the prefix `Error: `.
    console.error(visible(`Error: ${describe(error)}`));
    return 1;
  }
}

const workspaceOf = ({ workspace = DEFAULT_WORKSPACE }: Request): string =>
  workspace;

function storeOf(request: Request): Store {
  const { store, workingDirectory = "../../.." } = request;
  return new Store(store, resolve(workingDirectory));
}

const workOn = (store: Store, agent: string, clock: Clock): Work => ({
  store,
  agent,
  now: new Date(clock.now()),
  clock,
  say,
});

/** Prints reports, if the command line asks for them. */
function reporterIn(environment: Environment): Work["report"] {
  const word = environment[REPORT_VARIABLE];
  return word
    ? (report) => console.log(reportLine(word, visibleJson(report)))
    : undefined;
}

/** Previews rollouts. It needs no lock, because it writes nothing. */
const preview = ({ order }: PreviewRequest, store: Store, clock: Clock) =>
  runPreview(readJson(order) as PreviewOrder, workOn(store, "", clock));

const givenUp = ({ [GIVE_UP_VARIABLE]: names = "" }: Environment): string[] =>
  names.split(/[\s,]+/).filter(Boolean);

/** The previews that were printed before this run of Terraform began. */
function previewsIn(environment: Environment): readonly Preview[] {
  const file = environment[PREVIEW_VARIABLE];
  if (file === undefined || !existsSync(file)) return [];
  return readJson(file) as readonly Preview[];
}

async function runLocked(
  request: Exclude<Request, PreviewRequest>,
  environment: Environment,
  store: Store,
  { processes, clock }: { processes: Processes; clock: Clock },
): Promise<void> {
  store.open();
  const lock = await acquireLock(store.directory, {
    shown: store.shown(),
    clock,
    ...lockOptions(request, processes),
  });
  try {
    if (!ONLY_ASK.includes(request.action))
      correctModes(store, nodeOf(request));
    store.removeStagingOf(lock.isAlive);
    const work: Work = {
      ...workOn(store, lock.agent, clock),
      report: reporterIn(environment),
    };
    if (request.action === "teardown") {
      checkWorkspace(store, workspaceOf(request));
      return await runTeardown(request, work, givenUp(environment));
    }
    await store.claim(request.stack, lock.agent, workspaceOf(request));
    if (request.action === "batch") await runBatch(request, work);
    if (request.action === "rollout")
      await runRollout(request, work, previewsIn(environment));
    if (request.action === "check")
      console.log(visibleJson(await runCheck(work)));
    if (request.action === "backup")
      console.log(visibleJson(await runBackup(request, work)));
    if (request.action === "upgrade-check")
      console.log(visibleJson(await runUpgradeCheck(request, work)));
    if (request.action === "etcd") await runEtcdCare(request, work);
    if (request.action === "renewal") await runRenewal(request, work);
    if (request.action === "signatures") checkSignatures(store);
  } finally {
    lock.release();
  }
}

/** The node of a request that is about a single node. */
const nodeOf = (request: Request): string | undefined =>
  request.action === "batch" ? nodeOfBatch(request.batch) : undefined;

/**
 * Repairs the modes of the store before anything is read from it: restoring or unpacking a backup may have opened it to
 * other users.
 */
function correctModes(store: Store, node: string | undefined): void {
  const count = secureStore(store, node);
  if (count > 0)
    say(`${store.shown()}: ${counted(count, "file mode")} corrected`);
}

/** Requests of the command line, which belong to no run of Terraform. */
const WITHOUT_TERRAFORM: readonly Request["action"][] = [
  "backup",
  "check",
  "upgrade-check",
  "renewal",
  "etcd",
];

/**
 * A run of Terraform that begins right after a request of the command line does not wait for that. A check and a backup do
 * not wait for a run that is just changing what they would read, and print only their result.
 */
function lockOptions(
  { action }: Request,
  processes: Processes,
): Omit<LockOptions, "shown" | "clock"> {
  if (!WITHOUT_TERRAFORM.includes(action)) return { processes, say };
  const alone = { ...processes, run: () => processes.self };
  return !ONLY_ASK.includes(action)
    ? { processes: alone, say }
    : {
        processes: alone,
        patience: CHECK_PATIENCE,
        patienceElsewhere: CHECK_PATIENCE,
        say: () => undefined,
      };
}

/** The actions that only ask the hosts, and print nothing but their answer. */
const ONLY_ASK: readonly Request["action"][] = [
  "backup",
  "check",
  "upgrade-check",
];

/** Milliseconds that a check waits for the lock. */
const CHECK_PATIENCE = 1_000;

function readRequest(environment: Environment): Request {
  const tooLong = environment[TOO_LONG];
  if (tooLong !== undefined)
    throw requestTooLong(
      JSON.parse(tooLong) as Record<string, number>,
      REQUEST_LENGTH,
    );
  const request = parseRequest(environment);
  const actions: readonly string[] = [
    "batch",
    "rollout",
    "backup",
    "check",
    "upgrade-check",
    "preview",
    "renewal",
    "etcd",
    "signatures",
    "teardown",
  ];
  if (!actions.includes(request?.action))
    throw invalidRequest(`the action ${String(request?.action)} is unknown`);
  return request;
}

function parseRequest(environment: Environment): Request {
  try {
    const text = requestIn(environment);
    if (text !== undefined) return JSON.parse(text) as Request;
  } catch {
    throw invalidRequest("it is damaged");
  }
  throw noRequest();
}

function readJson(file: string): unknown {
  const json = readFileSync(file, "utf8");
  try {
    return JSON.parse(json);
  } catch {
    throw invalidRequest(`${file} is not JSON`);
  }
}

/** Prints a line of progress. Whatever the text contains, it stays one line and cannot control the terminal. */
const say = (line: string): void => console.log(visibleLines([line]));

/** An expected error is shown as its message; an unexpected one with its name and code, but without a stack. */
function describe(error: unknown): string {
  if (error instanceof AgentError) return error.message;
  const ofFile = fileError(error);
  if (ofFile !== undefined) return ofFile.message;
  const { name, message } =
    error instanceof Error ? error : { name: "Error", message: String(error) };
  return `${name}${errorCode(error) && ` ${errorCode(error)}`}: ${message}\nThis is a bug of the agent; please report it with the lines above.`;
}
