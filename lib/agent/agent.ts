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
  PREVIEW_VARIABLE,
  type PreviewOrder,
  type PreviewRequest,
  type Request,
} from "../request/request";
import { runCheck } from "./run-check";
import { counted } from "../base/counted";
import type { Preview } from "./rollout/preview-shape";
import { runPreview } from "./run-preview";
import { runRollout } from "./run-rollout";
import { checkSignatures } from "../store/signatures";
import { nodeOfBatch } from "../store/node-files";
import { Store } from "../store/store";
import { secureStore } from "../store/survey";
import { runTeardown } from "./teardown";
import { visible, visibleJson, visibleLines } from "../base/visible";

type Environment = Readonly<Record<string, string | undefined>>;

/** Does what the environment asks for; says what people should know, and nothing that is secret. */
export async function runAgent(
  environment: Environment,
  given?: Processes,
  clock: Clock = SYSTEM_CLOCK,
): Promise<number> {
  try {
    const processes = given ?? systemProcesses();
    const request = readRequest(environment);
    const store = storeOf(request);
    // Before anything of another's is touched, its lock among it.
    checkWorkspace(store, workspaceOf(request));
    if (request.action === "teardown" && !store.exists)
      say(`${store.shown()}: nothing to remove`);
    else if (request.action === "preview")
      console.log(visibleJson(await preview(request, store, clock)));
    else await runLocked(request, environment, store, { processes, clock });
    return 0;
  } catch (error) {
    // Last of all lines: `cdktf-control-plane deploy` tells it from progress by how it begins.
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

/** Needs no lock, as it writes nothing. */
function preview(
  { order }: PreviewRequest,
  store: Store,
  clock: Clock,
): Promise<Preview[]> {
  const now = new Date(clock.now());
  return runPreview(parse(order, readFileSync(order, "utf8")) as PreviewOrder, {
    store,
    agent: "",
    now,
    clock,
    say,
  });
}

/** What was shown of the rollouts before this run of Terraform began. */
function previewsIn(environment: Environment): readonly Preview[] {
  const file = environment[PREVIEW_VARIABLE];
  if (file === undefined || !existsSync(file)) return [];
  return parse(file, readFileSync(file, "utf8")) as readonly Preview[];
}

async function runLocked(
  request: Exclude<Request, PreviewRequest>,
  environment: Environment,
  store: Store,
  { processes, clock }: Pick<LockOptions, "processes" | "clock">,
): Promise<void> {
  store.open();
  const lock = await acquireLock(store.directory, {
    shown: store.shown(),
    clock,
    ...(request.action === "check" ? asLooker(processes) : { processes, say }),
  });
  try {
    if (request.action !== "check") closeStore(store, nodeOf(request));
    store.removeStagingOf(lock.isAlive);
    const work: Work = {
      store,
      agent: lock.agent,
      now: new Date(clock.now()),
      clock,
      say,
    };
    if (request.action === "teardown") {
      checkWorkspace(store, workspaceOf(request));
      return await runTeardown(request, work);
    }
    await store.claim(request.stack, lock.agent, workspaceOf(request));
    if (request.action === "batch") await runBatch(request, work);
    if (request.action === "rollout")
      await runRollout(request, work, previewsIn(environment));
    if (request.action === "check")
      console.log(visibleJson(await runCheck(work)));
    if (request.action === "signatures") checkSignatures(store);
  } finally {
    lock.release();
  }
}

/** The only node that a request is about; absent: it is about others as well. */
const nodeOf = (request: Request): string | undefined =>
  request.action === "batch" ? nodeOfBatch(request.batch) : undefined;

/** Before anything is read of it: it may have been restored or unpacked as nobody would have made it. */
function closeStore(store: Store, node: string | undefined): void {
  const count = secureStore(store, node);
  if (count > 0) say(`${store.shown()}: ${counted(count, "mode")} mended`);
}

/**
 * A check belongs to no run of Terraform, so that one which begins right after it waits for nobody; and it doesn't wait
 * for one that is changing what it would compare. Nothing is said but its result.
 */
const asLooker = (
  processes: Processes,
): Omit<LockOptions, "shown" | "clock"> => ({
  processes: { ...processes, run: () => processes.self },
  patience: MOMENT,
  patienceElsewhere: MOMENT,
  say: () => undefined,
});

/** Milliseconds. */
const MOMENT = 1_000;

function readRequest(environment: Environment): Request {
  const tooLong = environment[TOO_LONG];
  if (tooLong !== undefined)
    throw requestTooLong(
      JSON.parse(tooLong) as Record<string, number>,
      REQUEST_LENGTH,
    );
  const request = parsed(environment);
  const actions: readonly string[] = [
    "batch",
    "rollout",
    "check",
    "preview",
    "signatures",
    "teardown",
  ];
  if (!actions.includes(request?.action))
    throw invalidRequest(`the action ${String(request?.action)} is unknown`);
  return request;
}

function parsed(environment: Environment): Request {
  try {
    const text = requestIn(environment);
    if (text !== undefined) return JSON.parse(text) as Request;
  } catch {
    throw invalidRequest("it is damaged");
  }
  throw noRequest();
}

function parse(name: string, json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw invalidRequest(`${name} is not JSON`);
  }
}

/** The one way out for progress: whatever is in a line, it stays one and does nothing to a terminal. */
const say = (line: string): void => console.log(visibleLines([line]));

/** An expected error is its message; of another one the message and the code, its stack is for nobody. */
function describe(error: unknown): string {
  if (error instanceof AgentError) return error.message;
  const ofFile = fileError(error);
  if (ofFile !== undefined) return ofFile.message;
  const { name, message } =
    error instanceof Error ? error : { name: "Error", message: String(error) };
  return `${name}${errorCode(error) && ` ${errorCode(error)}`}: ${message}\nThis is a fault of the agent; please report it with the lines above.`;
}
