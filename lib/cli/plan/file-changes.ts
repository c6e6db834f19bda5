import { readFileLines } from "../../store/artefacts";
import type { ArtefactRow } from "../../request/manifest";
import type { Contents, StackResource } from "./contents";
import {
  type PlanTriggers,
  type ResourceChange,
  resourceChanges,
} from "./plan-json";
import { certificateWords, fileLineWords } from "./spec-words";
import type { Rename } from "./renames";
import { staysInStore } from "./kept-files";
import type { State } from "./state";

/** What a plan does with the files of one artefact. */
export interface FileChange {
  readonly action: "make" | "replace" | "remove";
  /** Relative to the store. A certificate comes before its key. */
  readonly files: readonly string[];
  /** Why they are replaced, as far as `text` does not show it. */
  readonly reasons: readonly string[];
  /** The text before and after, if it changes. */
  readonly text?: { readonly before: string; readonly after: string };
}

/** Finds out why the files of an artefact are not as its stamp says. */
type Damage = (row: ArtefactResource) => readonly string[];

type ArtefactResource = StackResource & ArtefactRow;

/**
 * What a plan does with this library's files. `json` is the output of `terraform show -json` for the plan. A file whose
 * resource only gets another address does not change.
 */
export function fileChanges(
  json: string,
  contents: Contents,
  { kinds, resources: applied }: State,
  damage: Damage,
  renames: readonly Rename[] = [],
): FileChange[] {
  const { resources } = contents;
  const moved = new Map(
    renames.map(({ from, to }) => [to, applied.get(from)?.triggers]),
  );
  const wanted = new Set(
    [...resources.values()].flatMap((row) =>
      row.kind === "artefact" ? row.files : [],
    ),
  );
  return resourceChanges(json).flatMap((change): FileChange[] => {
    const { address, actions, before, after } = change;
    const row = resources.get(address);
    if (row?.kind === "artefact") {
      const known = moved.get(address);
      const isOnlyMoved =
        known && known.files === after?.files && known.spec === after.spec;
      if (!actions.includes("create") || isOnlyMoved) return [];
      if (!before || !after)
        return [{ action: "make", files: row.files, reasons: [] }];
      return [
        {
          action: "replace",
          files: row.files,
          ...whatChanges(row, change, damage),
        },
      ];
    }
    const isGone =
      row === undefined &&
      actions.includes("delete") &&
      kinds.get(address) === "artefact";
    // A file may have moved to another resource.
    const files = readFileLines(textOf(before, "files"))
      .map(({ path }) => path)
      .filter((path) => !wanted.has(path));
    if (!isGone || files.length === 0) return [];
    const reasons = staysInStore(files[0], contents)
      ? ["it is no longer used, and stays in the store"]
      : [];
    return [{ action: "remove", files, reasons }];
  });
}

const textOf = (triggers: PlanTriggers = {}, name: string): string => {
  const value = triggers[name];
  return typeof value === "string" ? value : "";
};

/** Compares the triggers before and after: each one is a reason to replace the files. */
function whatChanges(
  row: ArtefactResource,
  { before = {}, after = {}, unknown }: ResourceChange,
  damage: Damage,
): Pick<FileChange, "reasons" | "text"> {
  const names = new Set([
    ...Object.keys(before),
    ...Object.keys(after),
    ...unknown,
  ]);
  const changed = [...names].filter(
    (name) => unknown.includes(name) || before[name] !== after[name],
  );
  const [was, is] = [textOf(before, "spec"), textOf(after, "spec")];
  const isShown = changed.includes("spec") && !unknown.includes("spec");
  const words =
    isShown && (row.of === "certificate" || row.of === "authority")
      ? certificateWords(was, is)
      : undefined;
  return {
    reasons: [
      ...(words ?? []),
      ...changed.flatMap((name) => {
        if (name === "spec")
          return isShown ? [] : ["its content is known only at apply"];
        if (name === "intact") return damage(row);
        if (name.startsWith("from ")) {
          const isSource = name in after || unknown.includes(name);
          return sourceWords(name.slice(5), name in before, isSource);
        }
        return reasonOf(name, textOf(before, name), textOf(after, name));
      }),
    ],
    ...(isShown && !words && { text: { before: was, after: is } }),
  };
}

/** What happens to a file from which it is made, or was made. */
const sourceWords = (
  file: string,
  wasSource: boolean,
  isSource: boolean,
): string =>
  wasSource && isSource
    ? `made from ${file}, which changes`
    : isSource
      ? `from now on made from ${file}`
      : `no longer made from ${file}`;

/** The reason that a trigger other than `spec`, `intact` and those of its sources gives. */
function reasonOf(name: string, before: string, after: string): string[] {
  switch (name) {
    case "files":
      return fileLineWords(before, after);
    case "renew_before":
      return [
        `renewBefore: ${before || "a third of its lifetime"} -> ${after || "a third of its lifetime"}`,
      ];
    case "check":
      return ["the last check found that it is no longer so"];
    default:
      return [`${name} changes`];
  }
}
