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
  isAsWanted,
  isRunning,
  logPath,
  markOf,
  type ProcessRecord,
  programAt,
  readRecord,
  type Recipe,
  recordFile,
  recordPath,
} from "./record";
import {
  findProgram,
  isTaken,
  type Owner,
  ownerOf,
  processesWith,
  whereLooked,
} from "./system";
import { programOf, spawned } from "./spawn";

/** A process of the user's on this machine that outlives whoever starts it. */
export interface LocalProcess extends Recipe {
  /** What it listens on. */
  readonly ports: readonly number[];
  /** Whether it serves now. */
  isReady(): Promise<boolean>;
  /** Seconds after which it is a failure that it doesn't. */
  readonly timeout: number;
}

/** Milliseconds between two questions whether a process is ready, or has ended. */
const PAUSE = 50;
/** Milliseconds that one which runs as it should has to become ready before it is started anew. */
const RECOVERY = 10_000;
/** Milliseconds that one has to end by itself: an API server with open watches would take a minute. */
const GRACE = 10_000;
/** Milliseconds in which the system ends what it was told to. */
const CERTAIN = 3_000;

/** What is needed to look after the processes of a store. */
type Keeper = Pick<Work, "store" | "clock">;

/** The process of a store with this name, where it runs. */
export function runningProcess(
  store: Store,
  name: string,
): ProcessRecord | undefined {
  const record = readRecord(store, name);
  return record && isRunning(record, markOf(store, name)) ? record : undefined;
}

/** Whether it runs, and as it is wanted: whether it serves is another question. */
export function runsAsWanted(store: Store, recipe: Recipe): boolean {
  const record = runningProcess(store, recipe.name);
  return record !== undefined && isAsWanted(recipe, record);
}

/**
 * Looks whether what is to be started can be, before anything is ended for it: every program is there, and no port is
 * somebody else's. All that is found is told together.
 */
export async function checkStart(
  recipes: readonly (Recipe & Pick<LocalProcess, "ports">)[],
  { store, clock }: Keeper,
  versions?: Parameters<typeof programsMissing>[1],
): Promise<void> {
  const missing = recipes.flatMap(({ name, command: [word], directory }) =>
    findProgram(word, directory)
      ? []
      : [{ name, where: whereLooked(word, directory) }],
  );
  if (missing.length > 0) throw programsMissing(missing, versions);
  const own = new Set(recipes.flatMap(({ name }) => membersOf(store, name)));
  const taken: TakenPort[] = [];
  for (const { name, ports } of recipes) {
    for (const port of ports) {
      const owner = await holderOf(port, clock);
      if (owner !== "nobody" && !(owner && own.has(owner.pid)))
        taken.push({ port, name, owner });
    }
  }
  if (taken.length > 0) throw portsTaken(taken);
}

/** A port that one has who is about to end seems to be another user's for a moment. */
async function holderOf(
  port: number,
  clock: Clock,
): Promise<Owner | "nobody" | undefined> {
  const end = clock.now() + CERTAIN;
  for (;;) {
    if (!(await isTaken(port))) return "nobody";
    const owner = ownerOf(port);
    if (owner || clock.now() > end) return owner;
    await clock.pause(PAUSE);
  }
}

/**
 * Makes sure that a process runs as it is wanted, and serves. One that does is left alone; of one that differs the old
 * one is ended first. Returns whether it was started. One that ends at once is an error with the end of its log, within
 * a moment.
 */
export async function startProcess(
  wanted: LocalProcess,
  work: Keeper & Pick<Work, "agent" | "say">,
): Promise<boolean> {
  const { store, clock, agent, say } = work;
  const { name } = wanted;
  const start = clock.now();
  if (runsAsWanted(store, wanted)) {
    trimLog(store, name);
    if (await recovers(wanted, work)) return false;
  }
  await checkStart([wanted], work);
  await stopProcess(work, name);
  const child = await spawned(wanted, store);
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

/** Ends a process and all that it started, but keeps its record and its log; returns whether there was any. */
export async function stopProcess(
  { store, clock }: Keeper,
  name: string,
  grace = GRACE,
): Promise<boolean> {
  if (!isUp(store, name)) return false;
  const steps = [
    ["SIGTERM", grace],
    ["SIGKILL", CERTAIN],
  ] as const;
  for (const [signal, patience] of steps) {
    const end = clock.now() + patience;
    for (const pid of membersOf(store, name)) tell(pid, signal, name);
    while (clock.now() < end) {
      if (!isUp(store, name)) return true;
      await clock.pause(PAUSE);
    }
  }
  throw notEnded(name, membersOf(store, name), "it was killed and is there");
}

/** The record, where a process was ended for good. */
export const forgetProcess = (store: Store, name: string): void =>
  store.remove([recordPath(name)]);

/** Whether anything runs that was started under a name. */
export const isUp = (store: Store, name: string): boolean =>
  membersOf(store, name).length > 0;

/**
 * What was started under a name and runs: the process itself, and what it started, also where it is gone or
 * unrecorded.
 */
function membersOf(store: Store, name: string): number[] {
  const own = runningProcess(store, name);
  const marked = processesWith(markOf(store, name));
  return [...new Set([...(own ? [own.pid] : []), ...marked])];
}

function tell(pid: number, signal: NodeJS.Signals, name: string): void {
  try {
    // Where nobody can tell whose it is what a process started, that is at least in its group.
    process.kill(process.platform === "linux" ? pid : -pid, signal);
  } catch (error) {
    if (errorCode(error) === "ESRCH") return;
    throw notEnded(name, [pid], "it is another user's");
  }
}

async function untilReady(
  { name, timeout, isReady }: LocalProcess,
  child: ChildProcess,
  { store, clock }: Keeper,
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
    await clock.pause(PAUSE);
  }
}

/** Of one that runs: it may just have been started by somebody who was killed, or wait for another that was. */
async function recovers(
  { name, isReady }: LocalProcess,
  { store, clock }: Keeper,
): Promise<boolean> {
  const end = clock.now() + RECOVERY;
  for (;;) {
    if (await isReady()) return true;
    if (!runningProcess(store, name) || clock.now() > end) return false;
    await clock.pause(PAUSE);
  }
}
