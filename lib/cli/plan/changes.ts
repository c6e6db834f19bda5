import { readFileLines } from "../../store/artefacts";
import { hostedNodes } from "../../store/inventory";
import { isStore } from "../../store/kept";
import { placeOnNode } from "../../store/node-files";
import { Store } from "../../store/store";
import type { BatchRow, RolloutRow } from "../../request/manifest";
import { shownPath } from "../text";
import type { Contents, StackResource } from "./contents";
import {
  dataAndOutputLines,
  userChangeLines,
  userChangesIn,
  userChangeSummary,
} from "./user-changes";
import { changeMark, count, type Style } from "../output";
import type { Plan, PlannedChange } from "./planned";
import {
  nodeChangesOf,
  nodeChangeWords,
  removedNodesOf,
} from "./rollout-changes";
import { type Rename, renamesIn, renameWords } from "./renames";
import { staysInStore } from "./kept-files";
import { isEmpty, type State } from "./state";

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

/** All that a plan will do, as far as it is described. */
export interface PlanSummary {
  /** A sentence about everything. */
  readonly headline: string;
  /** Without those whose resources only get another address. */
  readonly files: readonly Entry[];
  readonly renames: readonly Rename[];
  /** The changes of the user's own resources. */
  readonly others: readonly PlannedChange[];
  readonly dataAndOutputs: readonly string[];
}

export function summarize(
  plan: Plan,
  contents: Contents,
  state: State,
): PlanSummary {
  const { changes } = plan;
  const renames = renamesIn(plan, contents, state);
  const moved = new Set(renames.flatMap(({ from, to }) => [from, to]));
  const files = changes
    .filter(({ address }) => !moved.has(address))
    .flatMap((change) => fileEntry(change, contents, state));
  const others = userChangesIn(plan, contents, state);
  const dataAndOutputs = dataAndOutputLines(plan);
  const parts = [
    ...renameWords(renames),
    ...(files.length > 0 ? [summary(files)] : []),
    ...(others.length > 0
      ? [
          userChangeSummary(
            others,
            files.length > 0 ? "other resource" : "resource",
          ),
        ]
      : []),
    ...runWords(changes, contents, state),
  ];
  const nothing = changes.every(({ isData }) => isData)
    ? "no resource to change"
    : "only records in the state to update";
  const changesNothing = changes.length === 0 && dataAndOutputs.length === 0;
  const headline = changesNothing
    ? NO_CHANGES
    : (parts.join("; ") || nothing) +
      (files.length > 0 ? unlessThere(contents, state) : "");
  return { headline, files, renames, others, dataAndOutputs };
}

/** If the state knows nothing of a store, the plan makes every file, but batches keep those that are as they should be. */
function unlessThere({ stores }: Contents, state: State): string {
  const unknown = stores
    .map(({ directory }) => directory)
    .filter((directory) => isStore(new Store(directory)));
  return isEmpty(state) && unknown.length > 0
    ? `, unless they are already there: Terraform's state has no record of ${unknown.map(shownPath).join(", ")}`
    : "";
}

/**
 * Describes what a plan will do: its headline, then a line for each file and each of the user's resources. Files are
 * named by their paths on the nodes, and the user's resources by address.
 */
export function changeLines(
  { headline, files, others, dataAndOutputs }: PlanSummary,
  style: Style,
): string[] {
  const sorted = [...files].sort((a, b) => a.name.localeCompare(b.name));
  return [
    headline,
    ...userChangeLines(others, style),
    ...listed(sorted).map(
      ({ kind, name }) =>
        `  ${changeMark(MARKS[kind], style)} ${style.dim(name)}`,
    ),
    ...dataAndOutputs.map((line) => style.dim(`  ${line}`)),
  ];
}

function fileEntry(
  { address, action }: PlannedChange,
  contents: Contents,
  { kinds, resources: applied }: State,
): Entry[] {
  const kind = KINDS[action];
  const row = contents.resources.get(address);
  const triggers = applied.get(address)?.triggers;
  const files =
    row?.kind === "artefact"
      ? row.files
      : row === undefined && kinds.get(address) === "artefact"
        ? readFileLines(triggers?.files ?? "")
            .map(({ path }) => path)
            .filter((_, __, [first]) => !staysInStore(first, contents))
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
function summary(entries: readonly Entry[]): string {
  const parts = [...new Set(Object.values(KINDS))].flatMap((kind) => {
    const number = entries
      .filter((entry) => entry.kind === kind)
      .reduce((sum, { files }) => sum + files, 0);
    return number > 0 ? [{ kind, number }] : [];
  });
  return parts
    .map(({ kind, number }, i) =>
      i === 0 ? `${count(number, "file")} to ${kind}` : `${number} to ${kind}`,
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
  const shown = files.map((file) => {
    const place = placeOnNode(file);
    return place ? `${place.node}:${place.path}` : file;
  });
  const stems = new Set(shown.map((file) => file.replace(/\.[^./]+$/, "")));
  if (shown.length === 1 || stems.size > 1) return shown.join(", ");
  const endings = shown.map((file) => file.slice(file.lastIndexOf(".") + 1));
  return `${[...stems][0]}.{${endings.join(",")}}`;
}
