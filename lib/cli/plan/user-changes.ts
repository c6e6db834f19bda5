import { compact } from "../../base/compact";
import type { Contents } from "./contents";
import { changeMark, count, PLAIN, type Style } from "../output";
import { isOurs, type Plan, type PlannedChange } from "./planned";
import type { State } from "./state";

/**
 * What Terraform may do with the user's own resources, in the order in which it is printed. Each resource is named,
 * because only the user knows what it is worth.
 */
const ACTIONS: readonly {
  readonly action: string;
  readonly verb: string;
  readonly mark: string;
}[] = [
  { action: "delete", verb: "destroy", mark: "-" },
  { action: "replace", verb: "replace", mark: "-/+" },
  { action: "create", verb: "make", mark: "+" },
  { action: "update", verb: "change", mark: "~" },
  { action: "move", verb: "move", mark: "~" },
  { action: "import", verb: "import", mark: "+" },
  { action: "remove", verb: "forget", mark: "." },
];

/** The changes to the user's own resources. Data sources are left out, because they contain nothing that could be lost. */
export const userChangesIn = (
  { changes }: Plan,
  contents: Contents,
  state: State,
): PlannedChange[] =>
  changes.filter(
    (change) => !change.isData && !isOurs(change, contents, state),
  );

/**
 * The changes that may destroy something. Any managed resource may own something: a `terraform_data` or `null_resource`
 * owns what its provisioners made and its destroy provisioner removes. An action that is not in the table counts as
 * destructive.
 */
export const destructiveChanges = (
  others: readonly PlannedChange[],
): PlannedChange[] => others.filter(({ action }) => !KEEPING.includes(action));

const KEEPING = ACTIONS.map(({ action }) => action).filter(
  (action) => action !== "delete" && action !== "replace",
);

/** `1 resource to destroy, 2 to make` */
export const userChangeSummary = (
  others: readonly PlannedChange[],
  noun: string,
): string =>
  byAction(others)
    .map(({ verb, changes: { length } }, i) =>
      i === 0 ? `${count(length, noun)} to ${verb}` : `${length} to ${verb}`,
    )
    .join(", ");

/** `- terraform_data.mine` */
export const userChangeNames = (
  others: readonly PlannedChange[],
  style = PLAIN,
): string[] =>
  byAction(others).flatMap(({ mark, changes }) =>
    changes.map(
      (change) =>
        `${changeMark(mark, style)} ${change.address}${noteOf(change)}`,
    ),
  );

/** One line for each change, however many there are. Destructive changes are not dimmed. */
export function userChangeLines(
  others: readonly PlannedChange[],
  style: Style,
): string[] {
  const ending = destructiveChanges(others);
  return [
    ...userChangeNames(ending, style).map((name) => `  ${name}`),
    ...userChangeNames(
      others.filter((each) => !ending.includes(each)),
      style,
    ).map((name) => style.dim(`  ${name}`)),
  ];
}

function noteOf({ action, movedFrom, imported }: PlannedChange): string {
  const notes = compact(
    movedFrom !== undefined && `moved from ${movedFrom}`,
    imported !== undefined && `imported: ${imported}`,
    action === "remove" && "removed from the state only",
  );
  return notes.length > 0 ? ` (${notes.join(", ")})` : "";
}

function byAction(others: readonly PlannedChange[]) {
  const unknown = [...new Set(others.map(({ action }) => action))]
    .filter((action) => !ACTIONS.some((known) => known.action === action))
    .map((action) => ({ action, verb: action, mark: "?" }));
  return [...ACTIONS, ...unknown].flatMap((row) => {
    const changes = others
      .filter(({ action }) => action === row.action)
      .sort((a, b) => a.address.localeCompare(b.address));
    return changes.length > 0 ? [{ ...row, changes }] : [];
  });
}

/** A line about the data sources that are read only at apply, and a line about the outputs. */
export function dataAndOutputLines({ changes, outputs }: Plan): string[] {
  const data = changes.filter(({ isData }) => isData);
  const names = (action: string): string[] =>
    Object.keys(outputs).filter((name) => outputs[name] === action);
  const words = [
    ["make", names("create")],
    ["change", names("update")],
    ["remove", names("delete")],
  ] as const;
  const told = words
    .filter(([, { length }]) => length > 0)
    .map(([verb, some], i) => {
      const number = i === 0 ? count(some.length, "output") : some.length;
      return `${number} to ${verb}: ${some.join(", ")}`;
    });
  return compact(
    data.length > 0 &&
      `${count(data.length, "data source")} to read: ${data.map(({ address }) => address).join(", ")}`,
    told.length > 0 && told.join("; "),
  );
}
