import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import {
  type Annotation,
  type Project,
  readProject,
  type Stack,
  synthesize,
} from "./app";
import type { Clock } from "../../base/clock";
import type { Children, Environment, Outcome } from "./children";
import { type Contents, readContents } from "./contents";
import { PREVIEW_VARIABLE } from "../../request/request";
import type { Output } from "../output";
import type { Plan } from "./planned";
import { Progress } from "./progress";
import { refuseStoreOfAnother } from "./owner";
import { selectedWorkspace } from "./selected-workspace";
import { readState, type State } from "./state";
import { type Change, Terraform } from "./terraform";

/** What every command is given. */
export interface Context {
  readonly children: Children;
  readonly environment: Environment;
  readonly output: Output;
  readonly clock: Clock;
}

/** A plan that was made, and that nobody else may read. */
export interface MadePlan {
  /** Goes when all is done. */
  readonly folder: string;
  /** What it holds, as Terraform's JSON. */
  json(): Promise<string>;
}

/** What was shown before an apply; its rollouts say what is otherwise by then. */
export const previewFile = (folder: string): string =>
  join(folder, "preview.json");

/** An app, freshly synthesized, and the Terraform that works on its stacks. */
export class Workspace {
  /** Terraform is looked for first: without it nothing else is worth beginning. */
  static async open(context: Context): Promise<Workspace> {
    const { children, environment, output } = context;
    const terraform = await Terraform.find(children, environment);
    const project = readProject(process.cwd());
    const stacks = await synthesize(project, children, environment);
    for (const stack of stacks) {
      for (const annotation of stack.annotations)
        annotate(stack, annotation, output);
    }
    return new Workspace(context, terraform, project, stacks);
  }

  /** Of stacks that were entered. */
  private readonly names = new Map<Stack, string>();

  private constructor(
    private readonly context: Context,
    private readonly terraform: Terraform,
    readonly project: Project,
    readonly stacks: readonly Stack[],
  ) {}

  /** The workspace of Terraform that a stack is in. */
  nameFor(stack: Stack): string {
    const { environment } = this.context;
    return (
      this.names.get(stack) ?? selectedWorkspace(stack.directory, environment)
    );
  }

  contentsOf(stack: Stack): Contents {
    return readContents(stack, this.nameFor(stack));
  }

  /** Refuses stores of other workspaces, before anything is done to one of the stacks. */
  checkStores(stacks: readonly Stack[]): void {
    for (const stack of stacks)
      for (const { directory } of this.contentsOf(stack).stores)
        refuseStoreOfAnother(directory, this.nameFor(stack));
  }

  /** Readies Terraform in a stack: from then on it is known for certain in which workspace it works there. */
  async enter(stack: Stack): Promise<Contents> {
    await this.terraform.init(stack.name, stack.directory);
    this.names.set(stack, await this.terraform.workspace(stack.directory));
    this.checkStores([stack]);
    return this.contentsOf(stack);
  }

  /**
   * Plans a change, has it looked at, and does exactly what was planned. Says what is done while it is done; `undefined`
   * where it failed, which is said as well.
   *
   * @param look is given what is planned before any of it is done; it throws, or returns false, where none is to be done
   * @param before is done before Terraform plans
   */
  async change(
    stack: Stack,
    command: Change,
    look: (
      plan: Plan,
      state: State,
      made: MadePlan,
    ) => void | false | Promise<void | false>,
    before: (state: State) => Promise<void> = () => Promise.resolve(),
  ): Promise<Progress | undefined> {
    const { terraform } = this;
    const { clock, output } = this.context;
    const { directory } = stack;
    const state = readState(await terraform.state(directory));
    await before(state);
    const contents = this.contentsOf(stack);
    const progress = new Progress({ contents, state, output, now: clock.now });
    const report = (outcome: Outcome) => this.report(stack, outcome, progress);
    // A plan holds whatever the user's resources do, secrets among it.
    const folder = mkdtempSync(join(tmpdir(), "control-plane-plan-"));
    const file = join(folder, "plan");
    try {
      const planned = await terraform.plan(
        command,
        directory,
        file,
        progress.line,
      );
      if (!report(planned)) return undefined;
      const json = () => terraform.show(directory, file);
      const goesOn = await look(progress.plan, state, { folder, json });
      if (goesOn === false) return progress;
      const done = await terraform.apply(
        command,
        directory,
        file,
        progress.line,
        { [PREVIEW_VARIABLE]: previewFile(folder) },
      );
      return report(done) ? progress : undefined;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  tell(stack: Stack, [first, ...more]: readonly string[]): void {
    const { output } = this.context;
    output.say(`${output.style.bold(stack.name)}: ${first}`);
    for (const line of more) output.say(line);
  }

  /** Says what Terraform complained about; whether it did what it was to do. */
  private report(
    { name }: Stack,
    { exitCode, output: errors }: Outcome,
    { diagnostics, noise, begun }: Progress,
  ): boolean {
    const { children, output } = this.context;
    for (const text of diagnostics.newWarnings()) output.warn(text);
    children.goOn();
    for (const text of diagnostics.errors) {
      output.say();
      output.fail(text);
    }
    if (exitCode === 0) return true;
    if (diagnostics.errors.length === 0)
      output.fail(
        [`${name}: terraform failed.`, `${noise}`.trimEnd(), errors.trim()]
          .filter(Boolean)
          .join("\n"),
      );
    output.say();
    if (!begun) output.say(`${name}: nothing was changed`);
    return false;
  }
}

function annotate(
  { name }: Stack,
  { constructPath, message, level }: Annotation,
  output: Output,
): void {
  const text = `${constructPath || name}: ${message}`;
  if (level === "@cdktf/info") output.say(text);
  else output.warn(text);
}

/** A path for people, from where they are. */
export function shownPath(path: string): string {
  const shown = relative(process.cwd(), path);
  return shown === "" ? "." : shown.startsWith("..") ? path : shown;
}
