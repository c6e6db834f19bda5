import { hostedNodes } from "../../agent/rollout/drift";
import { Store } from "../../store/store";
import type { Contents, Run } from "./contents";
import { count, type Style } from "../report/output";
import { leaversOf, visitsOf, visitWords } from "./rollout-changes";
import type { State } from "./state";

/** What Terraform plans to do with one resource. */
export interface PlannedChange {
  readonly address: string;
  readonly action: string;
}

type Kind = "make" | "replace" | "change" | "remove";

const KINDS: Readonly<Record<string, Kind>> = {
  create: "make",
  replace: "replace",
  update: "change",
  delete: "remove",
};
const MARKS: Readonly<Record<Kind, string>> = {
  make: "+",
  replace: "~",
  change: "~",
  remove: "-",
};

/** A longer list is read by nobody. */
const LISTED = 20;

/** What a plan will do, in words: files by their places on the nodes, the user's resources by their addresses. */
export function changeLines(
  changes: readonly PlannedChange[],
  contents: Contents,
  state: State,
  style: Style,
): string[] {
  const known = changes.flatMap(({ address, action }) => {
    const kind = KINDS[action];
    return kind ? [{ address, kind }] : [];
  });
  const artefacts = known.flatMap(({ address, kind }) => {
    const artefact =
      contents.artefacts.get(address) ?? state.artefacts.get(address);
    return artefact ? [{ address, kind, artefact }] : [];
  });
  const others = known.filter(
    ({ address }) => !isOurs(address, contents, state),
  );
  if (known.length === 0) return ["no changes"];

  const files = artefacts.flatMap(({ kind, artefact }) =>
    artefact.files.map(() => kind),
  );
  const parts = [
    ...(files.length > 0 ? [summary(files, "file")] : []),
    ...(others.length > 0
      ? [
          summary(
            others.map(({ kind }) => kind),
            files.length > 0 ? "other resource" : "resource",
          ),
        ]
      : []),
  ];
  const list = [
    ...artefacts.map(({ kind, artefact }) => ({
      kind,
      name: shownFiles(artefact.files),
      folder: folderOf(artefact.files[0]),
      files: artefact.files.length,
    })),
    ...others.map(({ kind, address }) => ({ kind, name: address, files: 0 })),
  ].sort((a, b) => a.name.localeCompare(b.name));
  return [
    [
      ...parts,
      ...runWords(
        known.map(({ address }) => address),
        contents,
        state,
      ),
    ].join("; ") || "only records to bring up to date",
    ...listed(list).map(({ kind, name }) =>
      style.dim(`  ${MARKS[kind]} ${name}`),
    ),
  ];
}

interface Entry {
  readonly kind: Kind;
  readonly name: string;
  /** Of a file: its node, or where it is in the store. */
  readonly folder?: string;
  readonly files: number;
}

/** A long list is shortened to whole nodes; where it says nothing that the agents' lines won't, it is left out. */
function listed(list: readonly Entry[]): readonly Entry[] {
  if (list.length <= LISTED) return list;
  if (new Set(list.map(({ kind }) => kind)).size === 1) return [];
  const groups = new Map<string, Entry>();
  for (const entry of list) {
    const key = `${entry.kind} ${entry.folder ?? entry.name}`;
    const files = (groups.get(key)?.files ?? 0) + entry.files;
    const alone = !groups.has(key) || entry.folder === undefined;
    const name = alone ? entry.name : `${entry.folder}: ${files} files`;
    groups.set(key, { ...entry, name, files });
  }
  return groups.size <= LISTED ? [...groups.values()] : [];
}

const folderOf = (file: string): string =>
  file.replace(/^nodes\/([^/]+)\/.*$/, "$1").replace(/\/.*$/, "");

/** `3 files to make, 1 to remove` */
function summary(kinds: readonly Kind[], noun: string): string {
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
 * What is done beside making files: why hosts are visited, and the runs that are planned alone, as what failed before it
 * had made its files is.
 */
function runWords(
  addresses: readonly string[],
  contents: Contents,
  state: State,
): string[] {
  const planned = [...contents.runs].filter(([address]) =>
    addresses.includes(address),
  );
  const rollouts = planned
    .filter(([, { action }]) => action === "rollout")
    .map(([address, run]) => {
      const applied = state.records.get(address);
      const visits = visitsOf(run, applied, knownHosts(contents));
      return { ...run, visits, unfinished: applied?.tainted ?? true };
    });
  const leavers = leaversOf(
    [...contents.runs.values()],
    addresses.flatMap((address) => state.records.get(address) ?? []),
  );
  const visits = visitWords([
    ...rollouts.flatMap(({ visits }) => visits),
    ...leavers,
  ]);
  const withFiles = new Set(
    [...contents.artefacts]
      .filter(([address]) => addresses.includes(address))
      .map(([, { batch }]) => batch),
  );
  const batches = planned
    .filter(
      ([address, { action, triggers }]) =>
        action === "batch" &&
        !withFiles.has(address) &&
        Object.keys(triggers).length > 0,
    )
    .map(([, run]) => run);
  if (batches.length > 0 || withFiles.size > 0)
    return [...visits, ...titles("finish", batches)];
  const unfinished = rollouts.filter(
    (rollout) => rollout.unfinished && rollout.visits.length === 0,
  );
  const told = [...visits, ...titles("finish", unfinished)];
  return told.length > 0 ? told : titles("roll out", rollouts);
}

const titles = (verb: string, runs: readonly Run[]): string[] =>
  runs.length > 0
    ? [`to ${verb}: ${runs.map(({ title }) => title).join(", ")}`]
    : [];

/** Where a rollout was at work before, also where the state has been lost. */
const knownHosts = ({ stores }: Contents): ReadonlySet<string> =>
  new Set(
    stores.flatMap(({ directory }) =>
      hostedNodes(new Store(directory).inventory()).map(({ name }) => name),
    ),
  );

/** Whether it is one of this library's resources. */
export function isOurs(
  address: string,
  { artefacts, runs, records, others }: Contents,
  state: State,
): boolean {
  if (others.has(address)) return false;
  const ours = [artefacts, runs, records, state.artefacts, state.records];
  return ours.some((known) => known.has(address));
}

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
