import { randomBytes } from "node:crypto";
import type { Clock } from "../../base/clock";
import { Tail } from "../../base/limits";
import { visibleLine } from "../../base/visible";
import { OUTPUT_ENDS } from "../../request/manifest";
import { reportIn } from "../../request/report";
import type { Output } from "../output";
import { wrap } from "../text";
import { Applying, workIn } from "./applying";
import { type Contents, titleOf } from "./contents";
import { AGENT_ERROR, Diagnostics } from "./diagnostics";
import {
  type Message,
  parseMessage,
  parseReport,
  type TerraformOutput,
} from "./messages";
import { isOurs, type Plan, type PlannedChange } from "./planned";
import type { State } from "./state";

export interface ProgressOptions {
  /** The name of the stack. */
  readonly stack: string;
  readonly contents: Contents;
  readonly state: State;
  readonly output: Output;
  readonly clock: Clock;
}

const LOCKED = /^Error acquiring the state lock$/;

/** The messages about the work on a resource. */
const OPERATION = /^(apply|refresh)_(start|complete|errored)$/;

const DONE: Readonly<Record<string, string>> = {
  create: "made",
  update: "changed",
  delete: "destroyed",
};

/** Turns Terraform's messages into lines that people read. */
export class Progress {
  readonly diagnostics: Diagnostics;
  /** The word with which reports of agents begin. */
  readonly reportWord = randomBytes(16).toString("hex");
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
  /** When each resource was begun that Terraform works on. */
  private readonly begunAt = new Map<string, number>();
  private readonly applying = new Applying();

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
    const message = parseMessage(line);
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
      Object.entries(all).filter(
        ([name]) => !contents.outputs.has(name) && !isFormerOutput(name, all),
      ),
    );
    const isPlan = Object.values(outputs).some(({ action }) => action);
    if (isPlan) this.planned = outputs;
    else this.outputs = outputs;
  }

  private hook(type: string, hook: NonNullable<Message["hook"]>): void {
    const { contents, state, output } = this.options;
    const address = hook.resource.addr;
    const action = hook.action ?? "";
    const title = titleOf(contents.resources.get(address));
    const isOther = !isOurs({ address, action }, contents, state);
    const [, operation, moment] = OPERATION.exec(type) ?? [];
    // Data sources are read, also by a plan.
    const isChange = operation === "apply" && action !== "read";
    if (type === "provision_progress")
      this.provisioned(address, hook.output ?? "", title);
    else if (moment === "start") {
      if (isChange) this.started(address, action);
      if (isOther || (isChange && title !== undefined))
        this.applying.begin(address, title ?? address);
    } else if (moment !== undefined) {
      const succeeded = moment === "complete";
      if (isChange) this.ended(address, action, succeeded);
      this.applying.end(address, succeeded ? action : undefined);
      if (isChange && isOther && succeeded)
        this.say(`${address}: ${DONE[action] ?? "done"}`);
    }
    output.doing(this.applying.doing);
  }

  private started(address: string, action: string): void {
    const { contents, state, output, clock } = this.options;
    if (!this.begun)
      this.applying.work = workIn(this.plan.changes, contents, state);
    this.begun = true;
    this.begunAt.set(address, clock.now());
    output.event("resourceStarted", this.about(address, action));
  }

  private ended(address: string, action: string, succeeded: boolean): void {
    const { output, clock } = this.options;
    const now = clock.now();
    const milliseconds = now - (this.begunAt.get(address) ?? now);
    const about = this.about(address, action);
    output.event("resourceEnded", { ...about, milliseconds, succeeded });
  }

  private about(address: string, action: string) {
    const { stack, contents, state } = this.options;
    const row = contents.resources.get(address);
    const kind = row?.kind ?? state.kinds.get(address);
    return { stack, address, action, kind, title: titleOf(row) };
  }

  /**
   * Prints a line of a provisioner. An agent's error, which is the last thing that it prints, is kept instead, and
   * shown with the diagnostic that follows.
   *
   * @param title the title of the agent; absent for a provisioner of the user
   */
  private provisioned(
    address: string,
    text: string,
    title: string | undefined,
  ): void {
    if (title === undefined) return this.say(`${address}: ${text}`);
    if (/^local-exec: Executing: /.test(text)) return;
    const report = reportIn(this.reportWord, text);
    const failing = this.failing.get(address);
    if (report !== undefined) this.reported(address, title, report);
    else if (failing) failing.push(text);
    else if (text.startsWith(AGENT_ERROR))
      this.failing.set(address, [text.slice(AGENT_ERROR.length)]);
    else {
      const { stack, output } = this.options;
      this.say(text);
      output.event("message", { stack, title, text });
    }
  }

  private reported(address: string, title: string, json: string): void {
    const { stack, output } = this.options;
    const report = parseReport(json);
    if (report === undefined) return;
    this.applying.report(address, title, report);
    if (report.step === undefined) return;
    const { ended, number, of, kind, nodes, title: words } = report.step;
    const step = { stack, rollout: title, number, of, kind, nodes };
    if (ended) output.event("stepEnded", { ...step, title: words, ...ended });
    else output.event("stepStarted", { ...step, title: words });
  }

  private say(line: string): void {
    const { output } = this.options;
    for (const each of wrap(`  ${visibleLine(line)}`, output.style.width, 2))
      output.note(each);
  }
}

/** Whether an output of this library is removed. Its store has left the program, and with it the list of its outputs. */
function isFormerOutput(
  name: string,
  all: Readonly<Record<string, TerraformOutput>>,
): boolean {
  const end = OUTPUT_ENDS.find((each) => name.endsWith(`_${each}`));
  if (end === undefined) return false;
  const prefix = name.slice(0, -end.length);
  return ["backup", "next_expiry", end].every(
    (each) => all[prefix + each]?.action === "delete",
  );
}
