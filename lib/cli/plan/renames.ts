import { attempt } from "../../base/shape";
import { Store } from "../../store/store";
import { readFileLines } from "../../store/artefacts";
import { count } from "../output";
import type { Contents } from "./contents";
import type { Plan } from "./planned";
import type { State } from "./state";

/** A file's resource that a plan makes at a new address and removes at its old one, for the same file. */
export interface Rename {
  readonly from: string;
  readonly to: string;
  readonly files: number;
}

/**
 * The resources that only have another address, because a construct has another id in the program. It is the same file
 * if the stamp in the store has the token that the state has for the old address.
 */
export function renamesIn(
  { changes }: Plan,
  { resources }: Contents,
  { kinds, resources: applied }: State,
): Rename[] {
  const planned = (action: string): string[] =>
    changes.flatMap((change) =>
      change.action === action ? [change.address] : [],
    );
  const removed = new Map(
    planned("delete").flatMap((address): [string, string][] => {
      const { files = "", intact } = applied.get(address)?.triggers ?? {};
      return kinds.get(address) === "artefact"
        ? [[`${intact} ${readFileLines(files)[0]?.path}`, address]]
        : [];
    }),
  );
  return planned("create").flatMap((to) => {
    const row = resources.get(to);
    if (removed.size === 0 || row?.kind !== "artefact") return [];
    const [file] = row.files;
    const stamp = attempt(() => new Store(row.store.directory).stamp(file));
    const from = removed.get(`${stamp?.token} ${file}`);
    return from === undefined ? [] : [{ from, to, files: row.files.length }];
  });
}

/** `prod is now main: 54 files at new addresses in the state` */
export function renameWords(renames: readonly Rename[]): string[] {
  const names = renames.map(({ from, to }) =>
    namesOf(from, to).join(" is now "),
  );
  return renames.length === 0
    ? []
    : [
        `${[...new Set(names)].join(", ")}: ${count(
          renames.reduce((sum, { files }) => sum + files, 0),
          "file",
        )} at new addresses in the state`,
      ];
}

/** The parts in which two addresses differ: CDKTF joins the ids of a construct's path, and a hash of them. */
function namesOf(from: string, to: string): [string, string] {
  const parts = [from, to].map((address) =>
    address
      .replace(/^[^.]+\./, "")
      .replace(/_[0-9A-F]{8}$/, "")
      .split("_"),
  );
  const [old, now] = parts;
  const longest = Math.min(old.length, now.length) - 1;
  let same = 0;
  while (same < longest && old.at(-1 - same) === now.at(-1 - same)) same++;
  const [was, is] = parts.map((part) =>
    part.slice(0, part.length - same).join("_"),
  );
  return [was, is];
}
