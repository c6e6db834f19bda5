import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Annotation,
  type Project,
  readProject,
  readStacks,
  type Stack,
  synthesize,
} from "./app";
import type { Clock } from "../../base/clock";
import { makeTemporaryFolder } from "../../base/temporary";
import type { Children, Environment, Outcome } from "./children";
import { type Contents, readContents } from "./contents";
import { REPORT_VARIABLE } from "../../request/report";
import { PREVIEW_VARIABLE } from "../../request/request";
import type { Output } from "../output";
import { reportOutcome } from "./outcome";
import type { Plan } from "./planned";
import { Progress } from "./progress";
import { requireWorkspace } from "./owner";
import { selectedWorkspace } from "./selected-workspace";
import type { PlanFile } from "./saved-plan";
import { readState, type State } from "./state";
import { whenUnlocked } from "./state-lock";
import { type Change, Terraform } from "./terraform";
import { titled } from "../text";

/** The surroundings of a command. */
export interface Context {
  readonly children: Children;
  readonly environment: Environment;
  readonly output: Output;
  readonly clock: Clock;
}

/** A saved plan, in a folder that only this user can read. */
export interface SavedPlan {
  /** Is deleted when the command ends. */
  readonly folder: string;
  /** The plan itself, in Terraform's own format. */
  readonly file: string;
  /** The plan in Terraform's JSON format. */
  json(): Promise<string>;
}

/** A plan that has not been applied yet, and what is needed to describe it. */
export interface ReviewedPlan {
  readonly plan: Plan;
  readonly state: State;
  readonly contents: Contents;
  readonly saved: SavedPlan;
}

/** The name of a plan in its folder. */
const PLAN = "plan";

/** The preview that was shown before an apply. The rollouts report what has changed since then. */
export const previewFile = (folder: string): string =>
  join(folder, "preview.json");

/** A freshly synthesized app, and the Terraform that works on its stacks. */
export class Workspace {
  /** Finds Terraform, then synthesizes the app: without Terraform, synthesis would be useless. */
  static async open(context: Context): Promise<Workspace> {
    const { children, environment, output } = context;
    const terraform = await find(context);
    const project = readProject(process.cwd());
    const stacks = await output.during({ phase: "synthesis" }, () =>
      synthesize(project, children, environment),
    );
    for (const stack of stacks) {
      for (const annotation of stack.annotations)
        annotate(stack, annotation, output);
    }
    return new Workspace(context, terraform, project, stacks);
  }

  /** The app as it was last synthesized, for a plan that was saved then. */
  static async openLast(context: Context): Promise<Workspace> {
    const terraform = await find(context);
    const project = readProject(process.cwd());
    return new Workspace(context, terraform, project, readStacks(project));
  }

  /** The Terraform workspaces of the stacks that were entered. */
  private readonly names = new Map<Stack, string>();
  /** The stacks of which a plan is or was applied. */
  readonly applied = new Set<Stack>();

  private constructor(
    private readonly context: Context,
    private readonly terraform: Terraform,
    readonly project: Project,
    readonly stacks: readonly Stack[],
  ) {}

  /** The selected Terraform workspace of a stack. */
  nameFor(stack: Stack): string {
    const { environment } = this.context;
    return (
      this.names.get(stack) ?? selectedWorkspace(stack.directory, environment)
    );
  }

  contentsOf(stack: Stack): Contents {
    return readContents(stack, this.nameFor(stack));
  }

  /** Refuses stores that belong to other workspaces, before any of the stacks is changed. */
  checkStores(stacks: readonly Stack[]): void {
    for (const stack of stacks)
      for (const { directory } of this.contentsOf(stack).stores)
        requireWorkspace(directory, this.nameFor(stack));
  }

  /** Runs `terraform init` in a stack. Afterwards Terraform itself can tell which workspace is selected. */
  async enter(stack: Stack): Promise<Contents> {
    const { name, directory } = stack;
    const { output } = this.context;
    await output.during({ phase: "init", stack: name }, async () => {
      await this.terraform.init(name, directory, (what) =>
        output.doing({ what }),
      );
      this.names.set(stack, await this.terraform.workspace(directory));
    });
    this.checkStores([stack]);
    return this.contentsOf(stack);
  }

  /**
   * Plans a change, lets `review` look at the plan, and applies exactly that plan. Prints the progress. Returns
   * `undefined` if it failed; the error is then already printed.
   *
   * @param review receives the plan before it is applied; it throws, or returns false, to prevent the apply
   * @param before runs before Terraform plans
   */
  async change(
    stack: Stack,
    command: Change,
    review: (reviewed: ReviewedPlan) => void | false | Promise<void | false>,
    before?: (state: State) => Promise<void>,
  ): Promise<Progress | undefined> {
    const { terraform } = this;
    const { directory } = stack;
    const { state, contents, progress } = await this.begin(stack, before);
    return this.withPlanFolder(async (folder, file) => {
      const { outcome: planned, waited } = await this.whenUnlocked(
        "plan",
        stack,
        progress,
        (lockTimeout) =>
          terraform.plan(command, directory, file, lockTimeout, progress.line),
      );
      // The other run may have changed the state, the store and the hosts, so everything is looked at again.
      if (waited) return this.change(stack, command, review, before);
      if (!reportOutcome(stack.name, planned, progress, this.context))
        return undefined;
      let shown: Promise<string> | undefined;
      const json = () =>
        (shown ??= this.context.output.during(
          { phase: "details", stack: stack.name },
          () => terraform.show(directory, file),
        ));
      const saved = { folder, file, json };
      const reviewed = { plan: progress.plan, state, contents, saved };
      return (await review(reviewed)) === false
        ? progress
        : this.apply(stack, command, folder, progress);
    });
  }

  /** Applies a plan that was saved before, after `review` looked at it. Otherwise like {@link change}. */
  async applySaved(
    stack: Stack,
    { terraform: plan, preview }: PlanFile,
    review: (state: State) => Promise<void>,
  ): Promise<Progress | undefined> {
    const { state, progress } = await this.begin(stack);
    await review(state);
    return this.withPlanFolder((folder, file) => {
      writeFileSync(file, Buffer.from(plan, "base64"), { mode: 0o600 });
      if (preview !== undefined)
        writeFileSync(previewFile(folder), preview, { mode: 0o600 });
      return this.apply(stack, "apply", folder, progress);
    });
  }

  /** Reads the state, and prepares the progress of a change. `before` runs before the stack's contents are read. */
  private async begin(
    stack: Stack,
    before: (state: State) => Promise<void> = () => Promise.resolve(),
  ): Promise<
    Pick<ReviewedPlan, "state" | "contents"> & { progress: Progress }
  > {
    const { clock, output } = this.context;
    const { name, directory } = stack;
    const json = await output.during({ phase: "state", stack: name }, () =>
      this.terraform.state(directory),
    );
    const state = readState(json);
    await before(state);
    const contents = this.contentsOf(stack);
    const about = { stack: name, contents, state, output, clock };
    return { state, contents, progress: new Progress(about) };
  }

  private async apply(
    stack: Stack,
    command: Change,
    folder: string,
    progress: Progress,
  ): Promise<Progress | undefined> {
    this.applied.add(stack);
    const { outcome: done } = await this.whenUnlocked(
      command,
      stack,
      progress,
      (lockTimeout) =>
        this.terraform.apply(
          command,
          stack.directory,
          join(folder, PLAN),
          lockTimeout,
          progress.line,
          {
            [PREVIEW_VARIABLE]: previewFile(folder),
            [REPORT_VARIABLE]: progress.reportWord,
          },
        ),
    );
    return reportOutcome(stack.name, done, progress, this.context)
      ? progress
      : undefined;
  }

  /** Runs Terraform, and waits while another run holds the lock of the state. */
  private whenUnlocked(
    phase: "plan" | Change,
    { name, directory }: Stack,
    progress: Progress,
    run: (lockTimeout: string) => Promise<Outcome>,
  ) {
    return this.context.output.during(
      { phase, stack: name },
      () =>
        whenUnlocked(
          async (lockTimeout) => {
            progress.locked = undefined;
            return { outcome: await run(lockTimeout), locked: progress.locked };
          },
          { stack: name, terraform: this.terraform.inFolder(directory) },
          this.context,
        ),
      ({ outcome }) => outcome.exitCode === 0,
    );
  }

  /** A plan contains the values of the user's resources, which may be secrets, so its folder is closed and deleted. */
  private async withPlanFolder<T>(
    use: (folder: string, file: string) => Promise<T>,
  ): Promise<T> {
    const folder = makeTemporaryFolder("control-plane-plan-");
    try {
      return await use(folder, join(folder, PLAN));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Tells people what will be done with a stack. */
  tell(stack: Stack, [first, ...more]: readonly string[]): void {
    const { output } = this.context;
    for (const line of [...titled(stack.name, first, output.style), ...more])
      output.note(line);
  }
}

const find = ({ children, environment, output }: Context): Promise<Terraform> =>
  output.during({ phase: "find" }, () => Terraform.find(children, environment));

function annotate(
  { name }: Stack,
  { constructPath, message, level }: Annotation,
  output: Output,
): void {
  const text = `${constructPath || name}: ${message}`;
  if (level === "@cdktf/info") output.note(text);
  else output.warn(text);
}
