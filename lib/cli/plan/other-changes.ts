import type { Contents } from "./contents";
import { count, type Style } from "../output";
import { isOurs, type Plan, type PlannedChange } from "./planned";
import type { State } from "./state";

/**
 * What Terraform does with resources that are not this library's: each is named, because nobody else knows what it is
 * worth. In the order in which they are told.
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

/** The changes of the user's own resources; data sources hold nothing and are not among them. */
export const othersIn = (
  { changes }: Plan,
  contents: Contents,
  state: State,
): PlannedChange[] =>
  changes.filter(
    (change) => !change.isData && !isOurs(change, contents, state),
  );

/**
 * Those that end what a resource holds. Every managed resource may hold something: a `terraform_data` or `null_resource`
 * what its provisioners made and its destroy provisioner undoes. An action that is not known here may end it as well.
 */
export const endingOthers = (
  others: readonly PlannedChange[],
): PlannedChange[] => others.filter(({ action }) => !KEEPING.includes(action));

const KEEPING = ACTIONS.map(({ action }) => action).filter(
  (action) => action !== "delete" && action !== "replace",
);

/** `1 resource to destroy, 2 to make` */
export const otherWords = (
  others: readonly PlannedChange[],
  noun: string,
): string =>
  byAction(others)
    .map(({ verb, changes: { length } }, i) =>
      i === 0 ? `${count(length, noun)} to ${verb}` : `${length} to ${verb}`,
    )
    .join(", ");

/** `- terraform_data.mine` */
export const otherNames = (others: readonly PlannedChange[]): string[] =>
  byAction(others).flatMap(({ mark, changes }) =>
    changes.map((change) => `${mark} ${change.address}${noteOf(change)}`),
  );

/** Each in a line, whatever their number; what ends something is not dimmed. */
export function otherLines(
  others: readonly PlannedChange[],
  style: Style,
): string[] {
  const ending = endingOthers(others);
  return [
    ...otherNames(ending).map((name) => `  ${name}`),
    ...otherNames(others.filter((each) => !ending.includes(each))).map((name) =>
      style.dim(`  ${name}`),
    ),
  ];
}

function noteOf({ action, movedFrom, imported }: PlannedChange): string {
  const notes = [
    ...(movedFrom === undefined ? [] : [`moved from ${movedFrom}`]),
    ...(imported === undefined ? [] : [`imported: ${imported}`]),
    ...(action === "remove" ? ["stays, but the state forgets it"] : []),
  ];
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

/** Data sources that are read only at apply, and outputs: a line for each. */
export function lesserLines({ changes, outputs }: Plan): string[] {
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
  return [
    ...(data.length > 0
      ? [
          `${count(data.length, "data source")} to read: ${data.map(({ address }) => address).join(", ")}`,
        ]
      : []),
    ...(told.length > 0 ? [told.join("; ")] : []),
  ];
}
