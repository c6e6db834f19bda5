import { spawn, type ChildProcess } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { SYSTEM_CLOCK } from "../../../lib/base/clock";
import { runBatch } from "../../../lib/agent/make/batch";
import type { Work } from "../../../lib/store/work";
import type { ArtefactRequest, Stamp } from "../../../lib/request/artefact";
import type { BatchRequest, Request } from "../../../lib/request/request";
import { requestVariables } from "../../../lib/request/environment";
import { Store } from "../../../lib/store/store";

export const AGENT = join(__dirname, "../../../dist/agent.cjs");

export interface Outcome {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** A script to load before the agent, which breaks it at a chosen step. */
  readonly preload?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly uid?: number;
}

type Without<T, K extends string> = T extends unknown ? Omit<T, K> : never;
export type Asked = Without<Request, "store" | "stack" | "artefacts"> & {
  readonly store?: string;
  readonly stack?: string;
};

/**
 * The folder of a program, as cdktf lays it out: the stack's folder three levels down, the store beside `cdktf.out`.
 */
export class Workplace {
  readonly stackFolder: string;
  readonly store: Store;
  readonly said: string[] = [];

  constructor(
    readonly root = mkdtempSync(join(tmpdir(), "agent-")),
    storePath = "clusters/demo",
  ) {
    this.stackFolder = join(root, "cdktf.out/stacks/demo");
    mkdirSync(this.stackFolder, { recursive: true });
    this.store = new Store(join(root, storePath));
  }

  /** Runs a batch in this process, without the lock. */
  async batch(
    artefacts: readonly ArtefactRequest[],
    options: { batch?: string; now?: Date } = {},
  ): Promise<string[]> {
    const { batch = "cp-1", now = new Date() } = options;
    this.store.open();
    const request: BatchRequest = {
      action: "batch",
      store: "",
      stack: "demo",
      title: batch,
      batch,
      artefacts,
    };
    const lines: string[] = [];
    const work: Work = {
      store: this.store,
      agent: "test-1",
      now,
      clock: SYSTEM_CLOCK,
      say: (line) => lines.push(line),
    };
    await runBatch(request, work);
    return lines;
  }

  /** Runs the bundle, as Terraform does. */
  run(
    asked: Asked,
    artefacts: readonly ArtefactRequest[] = [],
    options: RunOptions = {},
  ): Promise<Outcome> {
    return outcomeOf(this.start(asked, artefacts, options));
  }

  start(
    asked: Asked,
    artefacts: readonly ArtefactRequest[] = [],
    options: RunOptions = {},
  ): ChildProcess {
    const args = [
      ...(options.preload ? ["--require", options.preload] : []),
      AGENT,
    ];
    const env = { ...this.environment(asked, artefacts), ...options.env };
    return spawn(process.execPath, args, {
      cwd: this.stackFolder,
      env,
      uid: options.uid,
    });
  }

  environment(
    asked: Asked,
    artefacts: readonly ArtefactRequest[] = [],
  ): Record<string, string> {
    return {
      PATH: process.env.PATH ?? "",
      ...requestVariables({
        store: "../../../clusters/demo",
        stack: "demo",
        ...asked,
        artefacts,
      }),
    };
  }

  path(file: string): string {
    return join(this.store.directory, file);
  }

  read(file: string): string {
    return readFileSync(this.path(file), "utf8");
  }

  write(file: string, content: string | Buffer, mode = 0o644): void {
    mkdirSync(dirname(this.path(file)), { recursive: true });
    writeFileSync(this.path(file), content, { mode });
  }

  stampOf(file: string): Stamp {
    return JSON.parse(this.read(`.stamps/${file}.json`)) as Stamp;
  }

  mode(file: string): string {
    return (statSync(this.path(file)).mode & 0o777).toString(8);
  }

  /** Every file but the bookkeeping of locks. */
  files(): string[] {
    return this.store
      .files()
      .filter(
        (file) => !/^\.(lock|stamps)\//.test(file) && file !== "inventory.json",
      );
  }

  /** The content of all of these files. */
  contents(): Map<string, string> {
    return new Map(this.files().map((file) => [file, this.read(file)]));
  }
}

export function outcomeOf(child: ChildProcess): Promise<Outcome> {
  const text = { stdout: "", stderr: "" };
  child.stdout?.on("data", (data: Buffer) => (text.stdout += data.toString()));
  child.stderr?.on("data", (data: Buffer) => (text.stderr += data.toString()));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status, signal) => resolve({ status, signal, ...text }));
  });
}

export const batchRequest = (batch: string): Asked => ({
  action: "batch",
  title: batch,
  batch,
});

/** Runs a batch that has to fail without changing anything, and returns the reason. */
export async function refusal(
  place: Workplace,
  artefacts: readonly ArtefactRequest[],
): Promise<string> {
  const before = place.contents();
  const error: unknown = await place.batch(artefacts).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(place.contents()).toEqual(before);
  return (error as Error).message;
}
