import type { ChildProcess } from "node:child_process";
import { type Clock, elapsed } from "../../base/clock";
import type { Work } from "../../store/work";
import {
  notEnded,
  portsTaken,
  processFailed,
  programsMissing,
  type TakenPort,
} from "./errors";
import { errorCode } from "../../base/files";
import { identify, machine } from "../../base/processes";
import type { Store } from "../../store/store";
import { endOfLog, trimLog } from "./log";
import {
  fingerprintOf,
  matchesRecord,
  isRunning,
  logPath,
  markOf,
  type ProcessRecord,
  programAt,
  readRecord,
  type ProcessDefinition,
  recordFile,
  recordPath,
} from "./record";
import {
  findProgram,
  isPortTaken,
  type Owner,
  ownerOf,
  processesWith,
  searchedIn,
} from "./system";
import { programOf, spawnProcess } from "./spawn";

/** A process of the user on this machine that outlives the agent that starts it. */
export interface LocalProcess extends ProcessDefinition {
  /** The ports on which it listens. */
  readonly ports: readonly number[];
  /** Whether it serves requests now. */
  isReady(): Promise<boolean>;
  /** Seconds that it may take to become ready. */
  readonly timeout: number;
}

/** Milliseconds between two checks whether a process is ready or has ended. */
const POLL_INTERVAL = 50;
/** Milliseconds that an up-to-date process has to become ready before it is restarted. */
const RECOVERY_TIMEOUT = 10_000;
/** Milliseconds that a process has to end on SIGTERM: an API server with open watches would take a minute. */
const STOP_TIMEOUT = 10_000;
/** Milliseconds in which the system ends a process on SIGKILL. */
const KILL_TIMEOUT = 3_000;

/** What handling the processes of a store needs. */
type ProcessWork = Pick<Work, "store" | "clock">;

/** The record of a process of the store, if it runs. */
export function runningProcess(
  store: Store,
  name: string,
): ProcessRecord | undefined {
  const record = readRecord(store, name);
  return record && isRunning(record, markOf(store, name)) ? record : undefined;
}

/** Whether a process runs and is up to date; it need not be ready. */
export function runsUpToDate(
  store: Store,
  definition: ProcessDefinition,
): boolean {
  const record = runningProcess(store, definition.name);
  return record !== undefined && matchesRecord(definition, record);
}

/**
 * Checks that processes can start, before anything is stopped for them: every executable exists, and no port is used by
 * a foreign process. Reports all findings at once.
 */
export async function checkStart(
  definitions: readonly (ProcessDefinition & Pick<LocalProcess, "ports">)[],
  { store, clock }: ProcessWork,
  kubernetesVersion?: string,
): Promise<void> {
  const missing = definitions.flatMap(({ name, command: [word], directory }) =>
    findProgram(word, directory)
      ? []
      : [{ name, where: searchedIn(word, directory) }],
  );
  if (missing.length > 0) throw programsMissing(missing, kubernetesVersion);
  const own = new Set(definitions.flatMap(({ name }) => pidsOf(store, name)));
  const taken: TakenPort[] = [];
  for (const { name, ports } of definitions) {
    for (const port of ports) {
      const owner = await portOwner(port, clock);
      if (owner !== "free" && !(owner && own.has(owner.pid)))
        taken.push({ port, name, owner });
    }
  }
  if (taken.length > 0) throw portsTaken(taken);
}

/**
 * Finds the owner of a port. The port of a process that is just ending seems for a moment to belong to another user.
 */
async function portOwner(
  port: number,
  clock: Clock,
): Promise<Owner | "free" | undefined> {
  const end = clock.now() + KILL_TIMEOUT;
  for (;;) {
    if (!(await isPortTaken(port))) return "free";
    const owner = ownerOf(port);
    if (owner || clock.now() > end) return owner;
    await clock.pause(POLL_INTERVAL);
  }
}

/**
 * Makes sure that a process runs, is up to date, and is ready. One that is stays as it is; one that differs is stopped
 * first. Returns whether it was started. If the process ends at once, the error follows within a moment, with the end
 * of the log.
 */
export async function startProcess(
  wanted: LocalProcess,
  work: ProcessWork & Pick<Work, "agent" | "say">,
): Promise<boolean> {
  const { store, clock, agent, say } = work;
  const { name } = wanted;
  const start = clock.now();
  if (runsUpToDate(store, wanted)) {
    trimLog(store, name);
    if (await becomesReady(wanted, work)) return false;
  }
  await checkStart([wanted], work);
  await stopProcess(work, name);
  const child = await spawnProcess(wanted, store);
  const identity = identify(child.pid ?? 0);
  if (identity && child.pid !== undefined) {
    const program = programAt(programOf(wanted));
    const record: ProcessRecord = {
      ...identity,
      machine: machine(),
      program: program ?? { path: programOf(wanted), size: 0, changed: 0 },
      fingerprint: fingerprintOf(wanted),
      since: new Date(clock.now()).toISOString(),
    };
    await store.write([recordFile(name, record)], agent);
  }
  await untilReady(wanted, child, work);
  say(`${name}: ready after ${elapsed(clock, start)}`);
  return true;
}

/**
 * Ends a process and all processes that it started, but keeps its record and its log; returns whether there were any.
 */
export async function stopProcess(
  { store, clock }: ProcessWork,
  name: string,
  grace = STOP_TIMEOUT,
): Promise<boolean> {
  if (!hasProcesses(store, name)) return false;
  const steps = [
    ["SIGTERM", grace],
    ["SIGKILL", KILL_TIMEOUT],
  ] as const;
  for (const [signal, patience] of steps) {
    const end = clock.now() + patience;
    for (const pid of pidsOf(store, name)) sendSignal(pid, signal, name);
    while (clock.now() < end) {
      if (!hasProcesses(store, name)) return true;
      await clock.pause(POLL_INTERVAL);
    }
  }
  throw notEnded(name, pidsOf(store, name), "it was killed, but still runs");
}

/** Removes the record of a process that was ended for good. */
export const forgetProcess = (store: Store, name: string): void =>
  store.remove([recordPath(name)]);

/** Whether any process runs that was started under this name. */
export const hasProcesses = (store: Store, name: string): boolean =>
  pidsOf(store, name).length > 0;

/**
 * The running processes that were started under a name: the process itself and those that it started, even if it has
 * ended or was never recorded.
 */
function pidsOf(store: Store, name: string): number[] {
  const own = runningProcess(store, name);
  const marked = processesWith(markOf(store, name));
  return [...new Set([...(own ? [own.pid] : []), ...marked])];
}

function sendSignal(pid: number, signal: NodeJS.Signals, name: string): void {
  try {
    // Outside Linux the children of a process cannot be found, but they are at least in its process group.
    process.kill(process.platform === "linux" ? pid : -pid, signal);
  } catch (error) {
    if (errorCode(error) === "ESRCH") return;
    throw notEnded(name, [pid], "it belongs to another user");
  }
}

async function untilReady(
  { name, timeout, isReady }: LocalProcess,
  child: ChildProcess,
  { store, clock }: ProcessWork,
): Promise<void> {
  const start = clock.now();
  const endOf = (): string | undefined =>
    child.exitCode !== null
      ? `exit code ${child.exitCode}`
      : (child.signalCode ?? undefined);
  for (;;) {
    const ready = await isReady();
    const end = endOf();
    if (ready && end === undefined) return;
    const waited = (clock.now() - start) / 1000;
    if (end !== undefined || waited > timeout)
      throw processFailed({
        name,
        end,
        seconds: waited,
        path: store.shown(logPath(name)),
        log: endOfLog(store, name),
      });
    await clock.pause(POLL_INTERVAL);
  }
}

/**
 * Waits whether a running process becomes ready: an agent that was killed may have just started it, or it may wait for
 * another one.
 */
async function becomesReady(
  { name, isReady }: LocalProcess,
  { store, clock }: ProcessWork,
): Promise<boolean> {
  const end = clock.now() + RECOVERY_TIMEOUT;
  for (;;) {
    if (await isReady()) return true;
    if (!runningProcess(store, name) || clock.now() > end) return false;
    await clock.pause(POLL_INTERVAL);
  }
}
