import { relative } from "node:path";
import {
  type Annotation,
  type Project,
  readProject,
  type Stack,
  synthesize,
} from "./app";
import type { Children, Environment } from "./children";
import { type Contents, readContents } from "./contents";
import type { Output } from "../report/output";
import type { PlannedChange } from "./changes";
import { Progress } from "../report/progress";
import { refuseStoreOfAnother } from "./owner";
import { selectedWorkspace } from "./selected-workspace";
import { readState, type State } from "./state";
import { Terraform } from "./terraform";

/** What every command is given. */
export interface Context {
  readonly children: Children;
  readonly environment: Environment;
  readonly output: Output;
}

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
   * Says what is done while it is done; `undefined` where it failed, which is said as well.
   *
   * @param before is done before Terraform plans
   */
  async change(
    stack: Stack,
    command: "apply" | "destroy",
    plan: (
      changes: readonly PlannedChange[],
      state: State,
    ) => readonly string[],
    before: (state: State) => Promise<void> = () => Promise.resolve(),
  ): Promise<Progress | undefined> {
    const { children, output } = this.context;
    const state = readState(await this.terraform.state(stack.directory));
    await before(state);
    const progress = new Progress({
      stack: stack.name,
      contents: this.contentsOf(stack),
      state,
      output,
      plan: (changes) => plan(changes, state),
    });
    const { exitCode, output: errors } = await this.terraform.change(
      command,
      stack.directory,
      progress.line,
    );
    const { diagnostics } = progress;
    for (const text of diagnostics.warnings) output.warn(text);
    children.goOn();
    for (const text of diagnostics.errors) {
      output.say();
      output.fail(text);
    }
    if (exitCode === 0) return progress;
    if (diagnostics.errors.length === 0)
      output.fail(
        [
          `${stack.name}: terraform failed.`,
          `${progress.noise}`.trimEnd(),
          errors.trim(),
        ]
          .filter(Boolean)
          .join("\n"),
      );
    output.say();
    if (!progress.begun) output.say(`${stack.name}: nothing was changed`);
    return undefined;
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
