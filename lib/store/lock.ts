import { linkSync, lstatSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../base/clock";
import {
  terraformEnded,
  storeIsLockedElsewhere,
  storeIsLocked,
  brokenLock,
} from "./errors";
import { expecting, fields, readJson, text } from "../base/shape";
import { errorCode, listIfThere, writeError, writing } from "../base/files";
import {
  isHere,
  isOfEarlierBoot,
  type Machine,
  type ProcessIdentity,
  type Processes,
} from "../base/processes";
import { readStoreFile } from "./files";
import { IDENTITY_FIELDS, MACHINE_FIELDS } from "./shapes";

/** The content of `.lock/<number>`: the run of Terraform that holds the store. */
interface Holder extends Machine {
  readonly run: ProcessIdentity;
  readonly since: string;
}

const HOLDER = fields<Holder>({
  ...MACHINE_FIELDS,
  run: fields(IDENTITY_FIELDS),
  since: text,
});

export interface LockOptions {
  readonly clock: Clock;
  readonly processes: Processes;
  /** The path of the store, for messages. */
  readonly shown: string;
  readonly say: (line: string) => void;
  /** Milliseconds to wait for a run on this machine. @default 1800000 */
  readonly patience?: number;
  /** Milliseconds to wait for a run whose processes cannot be seen from here. @default 60000 */
  readonly patienceElsewhere?: number;
}

export interface Lock {
  /** The name of this agent, under which it keeps its staging folder. */
  readonly agent: string;
  /** Whether the agent with that name is still running. */
  isAlive(agent: string): boolean;
  release(): void;
}

/** Milliseconds between two attempts. */
const PAUSE = 100;

/**
 * A store is held by one run of Terraform, and its agents share the lock. The highest number in `.lock` is the holder.
 * The next run creates the next number, which only one process can do, and only after the holder's Terraform and all
 * agents that it started have ended: if Terraform is killed, its agent goes on. While an agent runs, its file
 * `.lock/<number>.<pid>-<start>` exists. An agent creates this file before it checks for a higher number, and a new
 * holder creates its number before it checks for agents. So at least one of the two sees the other.
 */
export async function acquireLock(
  directory: string,
  options: LockOptions,
): Promise<Lock> {
  const { processes } = options;
  const lock = new LockDirectory(join(directory, ".lock"), processes);
  const wait = new LockWait(options);
  for (;;) {
    const run = processes.run();
    if (run === undefined) throw terraformEnded();
    const number = lock.highest();
    const holder = number === 0 ? undefined : lock.holder(number);
    if (holder && lock.isOurs(holder, run)) {
      lock.register(number);
      if (lock.highest() === number && processes.run() !== undefined) {
        await wait.until(
          () => lock.agentsBelow(number),
          () => lock.unregister(number),
        );
        lock.removeBelow(number);
        return lock.held(number);
      }
      lock.unregister(number);
    } else if (holder && lock.isBusy(number, holder)) {
      await wait.once(holder, lock.sees(holder));
    } else {
      lock.create(number + 1, run, new Date(options.clock.now()));
    }
  }
}

class LockDirectory {
  constructor(
    private readonly path: string,
    private readonly processes: Processes,
  ) {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats && !stats.isDirectory())
      throw brokenLock(path, "it is not a folder");
    writing(path, () => mkdirSync(path, { recursive: true, mode: 0o700 }));
  }

  highest(): number {
    return Math.max(0, ...this.numbers());
  }

  /** A holder's file is always complete, because it is linked into place. `undefined` if it was just removed. */
  holder(number: number): Holder | undefined {
    const path = join(this.path, String(number));
    const file = readStoreFile(this.path, path, path);
    return (
      file &&
      expecting(
        () => readJson(file.toString(), HOLDER),
        (problem) => brokenLock(path, problem),
      )
    );
  }

  isOurs(holder: Holder, run: ProcessIdentity): boolean {
    return (
      this.sees(holder) &&
      holder.run.pid === run.pid &&
      holder.run.start === run.start
    );
  }

  /** Whether the holder's processes can be looked up from here. */
  sees(holder: Holder): boolean {
    return isHere(holder, this.processes.machine);
  }

  /**
   * Whether a holder still works on the store. If its machine cannot be seen from here, only its agents' files count: a
   * store that a pipeline copies from job to job contains the number of a run that has ended.
   */
  isBusy(number: number, holder: Holder): boolean {
    if (this.sees(holder))
      return (
        this.processes.isAlive(holder.run) || this.agents(number).length > 0
      );
    if (isOfEarlierBoot(holder, this.processes.machine)) return false;
    return this.names().some((name) => name.startsWith(`${number}.`));
  }

  create(number: number, run: ProcessIdentity, now: Date): void {
    const holder: Holder = {
      ...this.processes.machine,
      run,
      since: now.toISOString(),
    };
    const draft = join(this.path, `draft.${agentName(this.processes.self)}`);
    try {
      writeFileSync(draft, JSON.stringify(holder), { mode: 0o600 });
      linkSync(draft, join(this.path, String(number)));
    } catch (error) {
      // Another process created it first: the loop finds it.
      if (errorCode(error) !== "EEXIST") throw writeError(error, this.path);
    } finally {
      rmSync(draft, { force: true });
    }
  }

  register(number: number): void {
    writing(this.path, () =>
      writeFileSync(this.agentFile(number), "", { mode: 0o600 }),
    );
  }

  unregister(number: number): void {
    rmSync(this.agentFile(number), { force: true });
  }

  /** An earlier holder whose agents are still running. */
  agentsBelow(number: number): Holder | undefined {
    for (const below of this.numbers().filter((one) => one < number)) {
      const holder = this.holder(below);
      if (holder && this.sees(holder) && this.agents(below).length > 0)
        return holder;
    }
    return undefined;
  }

  /** Removes the files of earlier holders, and the drafts of agents that have ended. */
  removeBelow(number: number): void {
    const drafts = this.agents("draft");
    for (const name of this.names()) {
      const [owner, agent] = name.split(".");
      if (
        owner === "draft" ? !drafts.includes(agent) : Number(owner) < number
      ) {
        rmSync(join(this.path, name), { force: true });
      }
    }
  }

  held(number: number): Lock {
    return {
      agent: agentName(this.processes.self),
      isAlive: (agent) => this.agents(number).includes(agent),
      release: () => this.unregister(number),
    };
  }

  /** The names of the running agents. */
  private agents(number: number | "draft"): string[] {
    return this.names()
      .filter((name) => name.startsWith(`${number}.`))
      .map((name) => name.slice(`${number}.`.length))
      .filter((agent) => {
        const [pid, ...start] = agent.split("-");
        return this.processes.isAlive({
          pid: Number(pid),
          start: start.join("-"),
        });
      });
  }

  private numbers(): number[] {
    return this.names()
      .filter((name) => /^\d{1,15}$/.test(name))
      .map(Number);
  }

  private names(): string[] {
    return listIfThere(this.path);
  }

  private agentFile(number: number): string {
    return join(this.path, `${number}.${agentName(this.processes.self)}`);
  }
}

const agentName = ({ pid, start }: ProcessIdentity): string =>
  `${pid}-${start}`;

/** Waits for other runs, says so once, and gives up when the patience is over. */
class LockWait {
  private readonly began: number;
  private hasReported = false;

  constructor(private readonly options: LockOptions) {
    this.began = options.clock.now();
  }

  async once(holder: Holder, isVisible: boolean): Promise<void> {
    const {
      clock,
      shown,
      say,
      patience = 30 * 60_000,
      patienceElsewhere = 60_000,
    } = this.options;
    const name = `a run of Terraform (process ${holder.run.pid} on ${holder.host}, since ${holder.since})`;
    const waited = clock.now() - this.began;
    if (!isVisible && waited >= patienceElsewhere)
      throw storeIsLockedElsewhere(shown, name, duration(waited));
    if (waited >= patience) throw storeIsLocked(shown, name, duration(waited));
    if (!this.hasReported) say(`${shown}: waiting for ${name}`);
    this.hasReported = true;
    await clock.pause(PAUSE);
  }

  async until(
    busy: () => Holder | undefined,
    giveUp: () => void,
  ): Promise<void> {
    try {
      for (let holder = busy(); holder; holder = busy())
        await this.once(holder, true);
    } catch (error) {
      giveUp();
      throw error;
    }
  }
}

function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
