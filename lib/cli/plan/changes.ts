import { readFileLines } from "../../store/artefacts";
import { hostedNodes } from "../../store/inventory";
import { Store } from "../../store/store";
import type { BatchRow, RolloutRow } from "../../request/manifest";
import type { Contents, StackResource } from "./contents";
import {
  dataAndOutputLines,
  userChangeLines,
  userChangesIn,
  userChangeSummary,
} from "./user-changes";
import { count, type Style } from "../output";
import type { Plan, PlannedChange } from "./planned";
import {
  nodeChangesOf,
  nodeChangeWords,
  removedNodesOf,
} from "./rollout-changes";
import { renamesIn, renameWords } from "./renames";
import type { State } from "./state";

type ChangeKind = "make" | "replace" | "change" | "remove";

const KINDS: Readonly<Record<string, ChangeKind>> = {
  create: "make",
  replace: "replace",
  update: "change",
  delete: "remove",
};
const MARKS: Readonly<Record<ChangeKind, string>> = {
  make: "+",
  replace: "~",
  change: "~",
  remove: "-",
};

/** The most files that are listed: nobody reads a longer list. */
const MOST_LISTED = 20;

/** The headline of a plan that does nothing. */
export const NO_CHANGES = "no changes";

/** A sentence about all that a plan will do. */
export function headline(plan: Plan, contents: Contents, state: State): string {
  const { changes } = plan;
  if (changes.length === 0 && dataAndOutputLines(plan).length === 0)
    return NO_CHANGES;
  const others = userChangesIn(plan, contents, state);
  const kinds = fileEntries(plan, contents, state).flatMap((entry) =>
    Array.from({ length: entry.files }, () => entry.kind),
  );
  const noun = kinds.length > 0 ? "other resource" : "resource";
  const parts = [
    ...renameWords(renamesIn(plan, contents, state)),
    ...(kinds.length > 0 ? [summary(kinds, "file")] : []),
    ...(others.length > 0 ? [userChangeSummary(others, noun)] : []),
    ...runWords(changes, contents, state),
  ];
  const nothing = changes.every(({ isData }) => isData)
    ? "no resource to change"
    : "only records in the state to update";
  return parts.join("; ") || nothing;
}

/**
 * Describes what a plan will do: its headline, then a line for each file and each of the user's resources. Files are
 * named by their paths on the nodes, and the user's resources by address.
 */
export function changeLines(
  plan: Plan,
  contents: Contents,
  state: State,
  style: Style,
): string[] {
  const files = fileEntries(plan, contents, state);
  return [
    headline(plan, contents, state),
    ...userChangeLines(userChangesIn(plan, contents, state), style),
    ...listed(files.sort((a, b) => a.name.localeCompare(b.name))).map(
      ({ kind, name }) => style.dim(`  ${MARKS[kind]} ${name}`),
    ),
    ...dataAndOutputLines(plan).map((line) => style.dim(`  ${line}`)),
  ];
}

/** The files of a plan, without those whose resources only get another address. */
function fileEntries(plan: Plan, contents: Contents, state: State): Entry[] {
  const moved = new Set(
    renamesIn(plan, contents, state).flatMap(({ from, to }) => [from, to]),
  );
  return plan.changes
    .filter(({ address }) => !moved.has(address))
    .flatMap((change) => fileEntry(change, contents, state));
}

function fileEntry(
  { address, action }: PlannedChange,
  { resources }: Contents,
  { kinds, resources: applied }: State,
): Entry[] {
  const kind = KINDS[action];
  const row = resources.get(address);
  const triggers = applied.get(address)?.triggers;
  const files =
    row?.kind === "artefact"
      ? row.files
      : row === undefined && kinds.get(address) === "artefact"
        ? readFileLines(triggers?.files ?? "").map(({ path }) => path)
        : [];
  if (kind === undefined || files.length === 0) return [];
  return [
    {
      kind,
      name: shownFiles(files),
      folder: folderOf(files[0]),
      files: files.length,
    },
  ];
}

interface Entry {
  readonly kind: ChangeKind;
  readonly name: string;
  /** The name of its node, or else its folder in the store. */
  readonly folder: string;
  readonly files: number;
}

/**
 * Shortens a long list to one line per node. A long list in which all changes are of one kind is left out, because the
 * agents' progress lists the same files.
 */
function listed(list: readonly Entry[]): readonly Entry[] {
  if (list.length <= MOST_LISTED) return list;
  if (new Set(list.map(({ kind }) => kind)).size === 1) return [];
  const groups = new Map<string, Entry>();
  for (const entry of list) {
    const key = `${entry.kind} ${entry.folder}`;
    const files = (groups.get(key)?.files ?? 0) + entry.files;
    const name = groups.has(key)
      ? `${entry.folder}: ${files} files`
      : entry.name;
    groups.set(key, { ...entry, name, files });
  }
  return groups.size <= MOST_LISTED ? [...groups.values()] : [];
}

const folderOf = (file: string): string =>
  file.replace(/^nodes\/([^/]+)\/.*$/, "$1").replace(/\/.*$/, "");

/** `3 files to make, 1 to remove` */
function summary(kinds: readonly ChangeKind[], noun: string): string {
  const parts = [...new Set(Object.values(KINDS))].flatMap((kind) => {
    const number = kinds.filter((one) => one === kind).length;
    return number > 0 ? [{ kind, number }] : [];
  });
  return parts
    .map(({ kind, number }, i) =>
      i === 0 ? `${count(number, noun)} to ${kind}` : `${number} to ${kind}`,
    )
    .join(", ");
}

/**
 * What the plan does besides making files: why rollouts visit hosts, and which batches run although no file of theirs
 * is planned. Those batches failed in an earlier apply, before they had made their files.
 */
function runWords(
  changes: readonly PlannedChange[],
  contents: Contents,
  { kinds, resources: applied }: State,
): string[] {
  const rows = [...contents.resources.values()];
  const changed = new Set(
    changes.flatMap(({ address, action }) => (KINDS[action] ? [address] : [])),
  );
  const planned = rows.filter(({ address }) => changed.has(address));
  const hosts = knownHosts(contents);
  const rollouts = planned.filter(isRollout).map((row) => {
    const last = applied.get(row.address);
    const nodeChanges = nodeChangesOf(row, last, hosts);
    return { ...row, nodeChanges, unfinished: last?.tainted ?? true };
  });
  const removed = removedNodesOf(
    rows.filter(isRollout),
    [...changed]
      .filter((address) => kinds.get(address) === "rollout")
      .flatMap((address) => applied.get(address) ?? []),
  );
  const nodeChanges = nodeChangeWords([
    ...rollouts.flatMap(({ nodeChanges }) => nodeChanges),
    ...removed,
  ]);
  const withFiles = batchesOf(planned);
  const filled = batchesOf(rows);
  const batches = planned
    .filter(isBatch)
    .filter(({ address }) => !withFiles.has(address) && filled.has(address));
  if (batches.length > 0 || withFiles.size > 0)
    return [...nodeChanges, ...titles("finish", batches)];
  const unfinished = rollouts.filter(
    (rollout) => rollout.unfinished && rollout.nodeChanges.length === 0,
  );
  const told = [...nodeChanges, ...titles("finish", unfinished)];
  return told.length > 0 ? told : titles("roll out", rollouts);
}

type Of<Row> = StackResource & Row;

const isRollout = (row: StackResource): row is Of<RolloutRow> =>
  row.kind === "rollout";

const isBatch = (row: StackResource): row is Of<BatchRow> =>
  row.kind === "batch";

/** The addresses of the batches that make the files of these artefacts. */
const batchesOf = (rows: readonly StackResource[]): ReadonlySet<string> =>
  new Set(rows.flatMap((row) => (row.kind === "artefact" ? [row.batch] : [])));

const titles = (
  verb: string,
  runs: readonly { readonly title: string }[],
): string[] =>
  runs.length > 0
    ? [`to ${verb}: ${runs.map(({ title }) => title).join(", ")}`]
    : [];

/** The nodes whose hosts an earlier rollout changed. It comes from the inventory, so it survives the loss of the state. */
const knownHosts = ({ stores }: Contents): ReadonlySet<string> =>
  new Set(
    stores.flatMap(({ directory }) =>
      hostedNodes(new Store(directory).inventory()).map(({ name }) => name),
    ),
  );

/** `cp-1:/etc/kubernetes/pki/apiserver.{crt,key}` */
export function shownFiles(files: readonly string[]): string {
  const shown = files.map((file) =>
    file.replace(/^nodes\/([^/]+)\/root\//, "$1:/"),
  );
  const stems = new Set(shown.map((file) => file.replace(/\.[^./]+$/, "")));
  if (shown.length === 1 || stems.size > 1) return shown.join(", ");
  const endings = shown.map((file) => file.slice(file.lastIndexOf(".") + 1));
  return `${[...stems][0]}.{${endings.join(",")}}`;
}
