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
  /** What has to be done; empty while Terraform plans. */
  work: ReadonlyMap<string, string> = new Map();
  private readonly done = new Set<string>();
  /** The names and the last reports of what runs, by address. */
  private readonly running = new Map<string, AgentReport & { name: string }>();

  begin(address: string, name: string): void {
    this.running.set(address, { name });
  }

  report(address: string, name: string, report: AgentReport): void {
    this.running.set(address, { name, ...report });
  }

  end(address: string, action?: string): void {
    this.running.delete(address);
    if (this.work.get(address) === action) this.done.add(address);
  }

  /** `3 of 9`, and `cp-1, cp-2 (12 of 72 files); step 2 of 7, cp-3: deliver what differs` */
  get doing(): Doing {
    const running = [...this.running.values()];
    const steps = running.flatMap(({ step }) => step ?? []);
    const names = running.flatMap((each) => (each.step ? [] : each.name));
    const files = running.flatMap((each) => each.files ?? []);
    const sum = (of: "ready" | "of") =>
      files.reduce((total, each) => total + each[of], 0);
    const made =
      files.length > 0 ? ` (${sum("ready")} of ${sum("of")} files)` : "";
    const what = [
      ...(names.length > 0 ? [`${names.join(", ")}${made}`] : []),
      ...steps.map(
        ({ number, of, title }) => `step ${number} of ${of}, ${title}`,
      ),
    ].join("; ");
    return this.work.size > 0
      ? { what, count: `${this.done.size} of ${this.work.size}` }
      : { what };
  }
}
