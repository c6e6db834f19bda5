import { linkSync, lstatSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../base/clock";
import {
  terraformEnded,
  storeIsLockedElsewhere,
  storeIsLocked,
  brokenLock,
} from "./errors";
import { errorCode, listIfThere, writeError } from "../base/files";
import {
  isHere,
  isOfEarlierBoot,
  type Machine,
  type ProcessIdentity,
  type Processes,
} from "../base/processes";
import { readStoreFile } from "./files";
import { holderProblem, parseObject } from "./shapes";

/** `.lock/<number>`: the run of Terraform that holds the store. */
interface Holder extends Machine {
  readonly run: ProcessIdentity;
  readonly since: string;
}

export interface LockOptions {
  readonly clock: Clock;
  readonly processes: Processes;
  /** For messages. */
  readonly shown: string;
  readonly say: (line: string) => void;
  /** Milliseconds to wait for a run on this machine, and for one that cannot be seen. */
  readonly patience?: number;
  readonly patienceElsewhere?: number;
}

export interface Lock {
  /** The name of this agent, for what it leaves in the store while it works. */
  readonly agent: string;
  /** Whether an agent of that name still works. */
  isAlive(agent: string): boolean;
  release(): void;
}

const PAUSE = 100;

/**
 * A store is held by one run of Terraform, whose agents share it. The holder is the highest number in `.lock`;
 * the next run takes the next number, which only one can create, and that only once the holder's Terraform and
 * every agent that it started have ended: a killed Terraform leaves its agent working. Each agent leaves
 * `.lock/<number>.<pid>-<start>` while it works. It writes that before it looks whether a higher number came, and
 * a new holder looks for agents after its number is there: so at least one of the two sees the other.
 */
export async function acquireLock(
  directory: string,
  options: LockOptions,
): Promise<Lock> {
  const { processes } = options;
  const lock = new LockDirectory(join(directory, ".lock"), processes);
  const waiting = new Waiting(options);
  for (;;) {
    const run = processes.run();
    if (run === undefined) throw terraformEnded();
    const number = lock.highest();
    const holder = number === 0 ? undefined : lock.holder(number);
    if (holder && lock.isOurs(holder, run)) {
      lock.register(number);
      if (lock.highest() === number && processes.run() !== undefined) {
        await waiting.until(
          () => lock.agentsBelow(number),
          () => lock.unregister(number),
        );
        lock.removeBelow(number);
        return lock.held(number);
      }
      lock.unregister(number);
    } else if (holder && lock.busy(number, holder)) {
      await waiting.once(holder, lock.sees(holder));
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
      throw brokenLock(path, "it is no folder");
    try {
      mkdirSync(path, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw writeError(error, path);
    }
  }

  highest(): number {
    return Math.max(0, ...this.numbers());
  }

  /** Complete whenever it is there: it is linked into its place. `undefined` where it was just removed. */
  holder(number: number): Holder | undefined {
    const path = join(this.path, String(number));
    const text = readStoreFile(this.path, path, path);
    if (text === undefined) return undefined;
    const found = parseObject(text.toString());
    const problem = typeof found === "string" ? found : holderProblem(found);
    if (problem !== undefined) throw brokenLock(path, problem);
    return found as unknown as Holder;
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
   * Of a machine that cannot be seen only its agents count: a store that a pipeline carries from job to job holds the number of a run that ended.
   */
  busy(number: number, holder: Holder): boolean {
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
      // Another was faster: the loop finds it there.
      if (errorCode(error) !== "EEXIST") throw writeError(error, this.path);
    } finally {
      rmSync(draft, { force: true });
    }
  }

  register(number: number): void {
    try {
      writeFileSync(this.agentFile(number), "", { mode: 0o600 });
    } catch (error) {
      throw writeError(error, this.path);
    }
  }

  unregister(number: number): void {
    rmSync(this.agentFile(number), { force: true });
  }

  /** Agents of earlier holders that still work. */
  agentsBelow(number: number): Holder | undefined {
    for (const below of this.numbers().filter((one) => one < number)) {
      const holder = this.holder(below);
      if (holder && this.sees(holder) && this.agents(below).length > 0)
        return holder;
    }
    return undefined;
  }

  /** Earlier holders, and drafts of the dead. */
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

  /** Those that work. */
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

class Waiting {
  private readonly began: number;
  private said = false;

  constructor(private readonly options: LockOptions) {
    this.began = options.clock.now();
  }

  async once(holder: Holder, seen: boolean): Promise<void> {
    const {
      clock,
      shown,
      say,
      patience = 30 * 60_000,
      patienceElsewhere = 60_000,
    } = this.options;
    const name = `the run of Terraform ${holder.run.pid} on ${holder.host}, since ${holder.since}`;
    const waited = clock.now() - this.began;
    if (!seen && waited >= patienceElsewhere)
      throw storeIsLockedElsewhere(shown, name, duration(waited));
    if (waited >= patience) throw storeIsLocked(shown, name, duration(waited));
    if (!this.said) say(`${shown}: waits for ${name}`);
    this.said = true;
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
