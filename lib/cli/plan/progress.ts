import { Tail } from "../../base/limits";
import {
  anything,
  attempt,
  fields,
  flag,
  number,
  optional,
  readJson,
  record,
  text,
} from "../../base/shape";
import { visibleLine } from "../../base/visible";
import { type Contents, titleOf } from "./contents";
import { AGENT_ERROR, type Diagnostic, Diagnostics } from "./diagnostics";
import type { Output } from "../output";
import { isOurs, type Plan, type PlannedChange } from "./planned";
import type { State } from "./state";

const RESOURCE = fields({ addr: text, resource: optional(text) });

const OUTPUT = fields({
  /** Only in a plan. */
  action: optional(text),
  sensitive: optional(flag),
  value: anything,
});

export type TerraformOutput = ReturnType<typeof OUTPUT>;

/** @see https://developer.hashicorp.com/terraform/internals/machine-readable-ui */
const MESSAGE = fields({
  type: optional(text),
  change: optional(
    fields({
      resource: RESOURCE,
      previous_resource: optional(RESOURCE),
      importing: optional(fields({ id: optional(text) })),
      action: text,
    }),
  ),
  hook: optional(
    fields({
      resource: RESOURCE,
      action: optional(text),
      elapsed_seconds: optional(number),
      output: optional(text),
    }),
  ),
  diagnostic: optional(
    fields<Diagnostic>({
      severity: (value) => (value === "warning" ? value : "error"),
      summary: text,
      detail: text,
      address: optional(text),
    }),
  ),
  outputs: optional(record(OUTPUT)),
});

type Message = ReturnType<typeof MESSAGE>;

export interface ProgressOptions {
  readonly contents: Contents;
  readonly state: State;
  readonly output: Output;
  /** Milliseconds. */
  readonly now: () => number;
}

const LOCKED = /^Error acquiring the state lock$/;

/** Seconds without a printed line after which a "still running" line is printed. The time doubles with each such line. */
const SILENCE = { first: 10, longest: 60 };

const DONE: Readonly<Record<string, string>> = {
  create: "made",
  update: "changed",
  delete: "destroyed",
};

/** Turns Terraform's messages into lines that people read. */
export class Progress {
  readonly diagnostics: Diagnostics;
  /** Whether Terraform has started to change anything. */
  begun = false;
  outputs: Readonly<Record<string, TerraformOutput>> = {};
  /** Terraform's error if it did not get the lock of the state. It is not a diagnostic, because this run waits then. */
  locked?: string;
  /** Lines that are not JSON messages. They are shown only if Terraform fails. */
  readonly noise = new Tail();
  private readonly changes = new Map<string, PlannedChange>();
  private planned: Readonly<Record<string, TerraformOutput>> = {};
  /** The errors of agents that fail, by address: Terraform's diagnostic has only the end of an error. */
  private readonly failing = new Map<string, string[]>();
  private lastSaid = 0;
  private patience = SILENCE.first;

  constructor(private readonly options: ProgressOptions) {
    this.diagnostics = new Diagnostics(options.contents);
  }

  get plan(): Plan {
    return {
      changes: [...this.changes.values()],
      outputs: Object.fromEntries(
        Object.entries(this.planned).flatMap(([name, { action }]) =>
          action === undefined || action === "noop" ? [] : [[name, action]],
        ),
      ),
    };
  }

  get changed(): boolean {
    return this.changes.size > 0;
  }

  readonly line = (line: string): void => {
    const message = parse(line);
    if (message === undefined) {
      if (line.trim() !== "") this.noise.add(`${line}\n`);
      return;
    }
    const { change, hook, diagnostic } = message;
    if (message.type === "planned_change" && change) this.planChange(change);
    else if (diagnostic && LOCKED.test(diagnostic.summary))
      this.locked = diagnostic.detail;
    else if (message.type === "diagnostic" && diagnostic)
      this.diagnostics.add(
        diagnostic,
        this.failing.get(diagnostic.address ?? "")?.join("\n"),
      );
    else if (message.type === "outputs") this.learn(message.outputs ?? {});
    else if (hook) this.hook(message.type ?? "", hook);
  };

  /** Records a planned change. The apply repeats the changes of the plan, so they are kept by action and address. */
  private planChange(change: NonNullable<Message["change"]>): void {
    const { resource, previous_resource, importing, action } = change;
    this.changes.set(`${action} ${resource.addr}`, {
      address: resource.addr,
      action,
      ...(resource.resource?.startsWith("data.") && { isData: true }),
      ...(previous_resource && { movedFrom: previous_resource.addr }),
      ...(importing && { imported: importing.id ?? "by its identity" }),
    });
  }

  /** Records the user's outputs: a plan reports what will happen to them, and an apply their values. */
  private learn(all: Readonly<Record<string, TerraformOutput>>): void {
    const { contents } = this.options;
    const outputs = Object.fromEntries(
      Object.entries(all).filter(([name]) => !contents.outputs.has(name)),
    );
    const isPlan = Object.values(outputs).some(({ action }) => action);
    if (isPlan) this.planned = outputs;
    else this.outputs = outputs;
  }

  private hook(type: string, hook: NonNullable<Message["hook"]>): void {
    if (type === "apply_start") this.begun = true;
    const { contents, state } = this.options;
    const address = hook.resource.addr;
    const title = titleOf(contents.resources.get(address));
    const ours = isOurs(
      { address, action: hook.action ?? "" },
      contents,
      state,
    );
    const name = title ?? address;
    if (type === "provision_progress")
      this.provisioned(address, hook.output ?? "", title ? "" : `${address}: `);
    else if (type === "apply_progress" && (title || !ours))
      this.stillRunning(`${name}: running for ${hook.elapsed_seconds} s`);
    else if (type === "apply_complete" && !ours)
      this.say(`${name}: ${DONE[hook.action ?? ""] ?? "done"}`);
  }

  /**
   * Prints a line of a provisioner. An agent's error, which is the last thing that it prints, is kept instead, and
   * shown with the diagnostic that follows.
   */
  private provisioned(address: string, text: string, prefix: string): void {
    if (/^local-exec: Executing: /.test(text) && prefix === "") return;
    const failing = this.failing.get(address);
    if (failing) failing.push(text);
    else if (text.startsWith(AGENT_ERROR) && prefix === "")
      this.failing.set(address, [text.slice(AGENT_ERROR.length)]);
    else this.say(prefix + text);
  }

  /** Prints a "still running" line if nothing was printed for a while. Terraform reports each resource about every 10 s. */
  private stillRunning(line: string): void {
    const silence = (this.now - this.lastSaid) / 1000;
    if (silence < this.patience - 1) return;
    const patience = Math.min(2 * this.patience, SILENCE.longest);
    this.say(line);
    this.patience = patience;
  }

  private get now(): number {
    return this.options.now();
  }

  private say(line: string): void {
    this.lastSaid = this.now;
    this.patience = SILENCE.first;
    this.options.output.say(`  ${visibleLine(line)}`);
  }
}

/** Parses a line of Terraform; `undefined` if it is not a JSON message. */
const parse = (line: string): Message | undefined =>
  attempt(() => readJson(line, MESSAGE));
