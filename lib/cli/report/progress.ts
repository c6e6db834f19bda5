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
import { isOurs, type PlannedChange } from "../plan/changes";
import type { Contents } from "../plan/contents";
import { AGENT_ERROR, type Diagnostic, Diagnostics } from "./diagnostics";
import type { Output } from "./output";
import type { State } from "../plan/state";

/** @see https://developer.hashicorp.com/terraform/internals/machine-readable-ui */
interface Message {
  readonly type?: string;
  readonly change?: {
    readonly resource: { readonly addr: string };
    readonly action: string;
  };
  readonly changes?: { readonly operation: string };
  readonly hook?: {
    readonly resource: { readonly addr: string };
    readonly action?: string;
    readonly elapsed_seconds?: number;
    readonly output?: string;
  };
  readonly diagnostic?: Diagnostic;
  readonly outputs?: Readonly<Record<string, TerraformOutput>>;
}

export interface TerraformOutput {
  readonly sensitive?: boolean;
  readonly value?: unknown;
}

const RESOURCE = fields<{ addr: string }>({ addr: text });

const MESSAGE = fields<Message>({
  type: optional(text),
  change: optional(fields({ resource: RESOURCE, action: text })),
  changes: optional(fields({ operation: text })),
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
  outputs: optional(
    record(
      fields<TerraformOutput>({ sensitive: optional(flag), value: anything }),
    ),
  ),
});

export interface ProgressOptions {
  readonly stack: string;
  readonly contents: Contents;
  readonly state: State;
  readonly output: Output;
  /** What to say of the plan. */
  readonly plan: (changes: readonly PlannedChange[]) => readonly string[];
  /** @default - the system's clock */
  readonly now?: () => number;
}

/** Seconds of silence after which people wonder; once told that all goes on they wonder less. */
const SILENCE = { first: 10, longest: 60 };

const DONE: Readonly<Record<string, string>> = {
  create: "made",
  update: "changed",
  delete: "removed",
};

/** Turns Terraform's messages into lines that people read. */
export class Progress {
  readonly diagnostics: Diagnostics;
  /** Whether the plan held and was gone on with. */
  begun = false;
  outputs: Readonly<Record<string, TerraformOutput>> = {};
  /** What is neither a message nor of any use unless Terraform fails. */
  readonly noise = new Tail();
  private readonly changes: PlannedChange[] = [];
  /** What agents that fail say, by address: Terraform's diagnostic has only the end of it. */
  private readonly failing = new Map<string, string[]>();
  private lastSaid = 0;
  private patience = SILENCE.first;
  /** Said when the first of it is begun: Terraform sums up a plan that failed as well. */
  private plan: readonly string[] = [];

  constructor(private readonly options: ProgressOptions) {
    this.diagnostics = new Diagnostics(options.contents);
  }

  get changed(): boolean {
    return this.changes.length > 0;
  }

  readonly line = (line: string): void => {
    const message = parse(line);
    if (message === undefined) {
      if (line.trim() !== "") this.noise.add(`${line}\n`);
      return;
    }
    const { change, hook, diagnostic } = message;
    if (message.type === "planned_change" && change)
      this.changes.push({
        address: change.resource.addr,
        action: change.action,
      });
    else if (message.type === "change_summary") this.summary(message);
    else if (message.type === "diagnostic" && diagnostic)
      this.diagnostics.add(
        diagnostic,
        this.failing.get(diagnostic.address ?? "")?.join("\n"),
      );
    else if (message.type === "outputs") this.outputs = message.outputs ?? {};
    else if (hook) this.hook(message.type ?? "", hook);
  };

  private summary({ changes }: Message): void {
    if (changes?.operation !== "plan") return this.begin();
    const { stack, output, plan } = this.options;
    const [first, ...more] = plan(this.changes);
    this.plan = [`${output.style.bold(stack)}: ${first}`, ...more];
  }

  private begin(): void {
    for (const line of this.plan) this.options.output.say(line);
    this.plan = [];
    this.begun = true;
  }

  private hook(type: string, hook: NonNullable<Message["hook"]>): void {
    if (type === "apply_start") this.begin();
    const { contents, state } = this.options;
    const address = hook.resource.addr;
    const run = contents.runs.get(address);
    const ours = isOurs(address, contents, state);
    const name = run?.title ?? address;
    if (type === "provision_progress")
      this.provisioned(address, hook.output ?? "", run ? "" : `${address}: `);
    else if (type === "apply_progress" && (run || !ours))
      this.atWork(`${name}: at work for ${hook.elapsed_seconds} s`);
    else if (type === "apply_complete" && !ours)
      this.say(`${name}: ${DONE[hook.action ?? ""] ?? "done"}`);
  }

  /** An agent's error comes last; it is kept for the diagnostic that follows, so that it is told from its progress. */
  private provisioned(address: string, text: string, prefix: string): void {
    if (/^local-exec: Executing: /.test(text) && prefix === "") return;
    const failing = this.failing.get(address);
    if (failing) failing.push(text);
    else if (text.startsWith(AGENT_ERROR) && prefix === "")
      this.failing.set(address, [text.slice(AGENT_ERROR.length)]);
    else this.say(prefix + text);
  }

  /** Terraform says it every 10 s, more or less, of everything that it is at work on. */
  private atWork(line: string): void {
    const silence = (this.now - this.lastSaid) / 1000;
    if (silence < this.patience - 1) return;
    const patience = Math.min(2 * this.patience, SILENCE.longest);
    this.say(line);
    this.patience = patience;
  }

  private get now(): number {
    return (this.options.now ?? Date.now)();
  }

  private say(line: string): void {
    this.lastSaid = this.now;
    this.patience = SILENCE.first;
    this.options.output.say(`  ${visibleLine(line)}`);
  }
}

/** What is no message is for whoever reads why Terraform failed. */
const parse = (line: string): Message | undefined =>
  attempt(() => readJson(line, MESSAGE));
