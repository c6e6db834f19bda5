import type { AgentReport } from "../../request/report";
import type { Doing } from "../phases";
import { type Contents, titleOf } from "./contents";
import { isOurs, type PlannedChange } from "./planned";
import type { State } from "./state";

/** The actions by which Terraform does something, and the one that completes each. */
const LAST_ACTIONS: Readonly<Record<string, string>> = {
  create: "create",
  update: "update",
  delete: "delete",
  replace: "create",
};

/**
 * The planned changes that take time, each with the action that completes it: what runs the agent, and the user's
 * resources. This library's other resources are records.
 */
export const workIn = (
  changes: readonly PlannedChange[],
  contents: Contents,
  state: State,
): ReadonlyMap<string, string> =>
  new Map(
    changes.flatMap((change): [string, string][] => {
      const { address, action, isData } = change;
      const last = LAST_ACTIONS[action];
      if (last === undefined || isData) return [];
      const row = contents.resources.get(address);
      const runsAgent =
        titleOf(row) !== undefined &&
        (last === "delete") === (row?.kind === "teardown");
      return runsAgent || !isOurs(change, contents, state)
        ? [[address, last]]
        : [];
    }),
  );

/** What Terraform is doing at the moment. */
export class Applying {
  private readonly running = new Map<string, string>();
  private readonly done = new Set<string>();
  /** What has to be done; empty while Terraform plans. */
  work: ReadonlyMap<string, string> = new Map();

  begin(address: string, name: string): void {
    this.running.set(address, name);
  }

  end(address: string, action?: string): void {
    this.running.delete(address);
    if (this.work.get(address) === action) this.done.add(address);
  }

  report(address: string, name: string, { files, step }: AgentReport): void {
    if (files)
      this.begin(address, `${name} (${files.ready} of ${files.of} files)`);
    if (step)
      this.begin(address, `step ${step.number} of ${step.of}, ${step.title}`);
  }

  get doing(): Doing {
    const what = [...this.running.values()].join("; ");
    return this.work.size > 0
      ? { what, count: `${this.done.size} of ${this.work.size}` }
      : { what };
  }
}
