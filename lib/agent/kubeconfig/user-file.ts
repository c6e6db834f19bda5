import type { Work } from "../../store/work";
import { AgentError } from "../../base/errors";
import type { Store } from "../../store/store";
import {
  attempt,
  fields,
  optional,
  orAbsent,
  readJson,
  record,
  type Shape,
  text,
} from "../../base/shape";
import { readYaml } from "../../base/yaml";
import { KUBECONFIG, type Kubeconfig } from "./entries";
import { absolutePath, isAnywhere } from "../../base/user-paths";
import { changeFile } from "./file";
import { type Merge, mergeKubeconfig, type Merged, type Origin } from "./merge";

/** The store's record of a user's kubeconfig file into which one of its kubeconfigs was merged. */
export interface MergeRecord extends Origin {
  /** The path of the user's file: relative to the store, absolute, or beginning with `~/`. */
  readonly path: string;
}

/** The path of the record. It is beside the kubeconfig in the store, which contains our entries. */
export const recordPath = (kubeconfig: string): string =>
  kubeconfig.replace(/\.conf$/, ".merged.json");

/** Adds the wanted entries to a user's file, and removes all others of ours from it. */
export async function mergeIntoUserFile(
  { store, clock }: Pick<Work, "store" | "clock">,
  path: string,
  merge: Omit<Merge, "path" | "text">,
): Promise<Merged> {
  const shown = isAnywhere(path) ? path : store.shown(path);
  const place = { clock, shown, path: absolutePath(path, store.directory) };
  const isTheirs = merge.origin === undefined;
  return changeFile({ ...place, isTheirs }, (text) =>
    mergeKubeconfig({ ...merge, path: shown, text }),
  );
}

/** `null` has a meaning of its own: there was none. */
const textOrNull: Shape<string | null> = (value, at) =>
  value === null ? null : text(value, at);

const RECORD = fields({
  path: text,
  whole: orAbsent(textOrNull),
  asked: optional(text),
  before: record(textOrNull),
}) as Shape<MergeRecord>;

/** `undefined` if the file is missing or broken: somebody may have edited it. */
export function recordOf(store: Store, path: string): MergeRecord | undefined {
  const file = store.read(recordPath(path));
  return file && attempt(() => readJson(file.toString(), RECORD));
}

/** The entries that the last merge added; `undefined` as above. */
export function oursOf(store: Store, path: string): Kubeconfig | undefined {
  const file = store.read(path);
  return file && attempt(() => readYaml(file, KUBECONFIG));
}

/**
 * Removes our entries from the user's file into which the kubeconfig at this path of the store was merged. If that is
 * impossible, the file is left unchanged and the reason is printed.
 */
export async function removeMergedEntries(
  path: string,
  work: Pick<Work, "store" | "clock" | "say">,
): Promise<void> {
  const { store, say } = work;
  const record = recordOf(store, path);
  if (!record) return;
  try {
    const ours = oursOf(store, path);
    const { kept } = await mergeIntoUserFile(work, record.path, {
      ours,
      origin: record,
    });
    say(`${record.path}: our contexts were removed${keptText(kept)}`);
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
    const [reason, ...more] = error.message.split("\n");
    say(`${record.path}: not changed. ${reason}`);
    for (const line of more) say(line);
  }
}

export const keptText = (kept: readonly string[]): string =>
  kept.length === 0
    ? ""
    : `, except for entries that somebody changed: ${kept.join(", ")}`;
