import type { Work } from "../../store/work";
import { AgentError } from "../../base/errors";
import type { Store } from "../../store/store";
import { fromYaml } from "../../base/yaml";
import type { Kubeconfig } from "./entries";
import { absolutePath, isAnywhere } from "../../base/user-paths";
import { changeFile } from "./file";
import { type Merge, mergeKubeconfig, type Merged, type Origin } from "./merge";

/** What the store knows of a file elsewhere that a kubeconfig of it was merged into. */
export interface MergeRecord extends Origin {
  /** Relative to the store, absolute, or from `~/`. */
  readonly path: string;
}

/** Beside the kubeconfig in the store, which says what of that file is ours. */
export const recordPath = (kubeconfig: string): string =>
  kubeconfig.replace(/\.conf$/, ".merged.json");

/** Brings a file elsewhere to hold what is wanted and nothing else of what was ours. */
export async function mergeElsewhere(
  { store, clock }: Pick<Work, "store" | "clock">,
  path: string,
  {
    wanted,
    ours,
    origin,
    asked,
  }: Partial<Pick<Merge, "wanted" | "ours" | "origin" | "asked">>,
): Promise<Merged> {
  const shown = isAnywhere(path) ? path : store.shown(path);
  const place = { clock, shown, path: absolutePath(path, store.directory) };
  return changeFile({ ...place, isTheirs: origin === undefined }, (text) =>
    mergeKubeconfig({ path: shown, text, wanted, ours, origin, asked }),
  );
}

export function recordOf(store: Store, path: string): MergeRecord | undefined {
  return parsed(store.read(recordPath(path))?.toString(), (text) => {
    const record = JSON.parse(text) as MergeRecord;
    return typeof record.path === "string" ? record : undefined;
  });
}

/** What was put there the last time. */
export const oursOf = (store: Store, path: string): Kubeconfig | undefined =>
  parsed(store.read(path)?.toString(), (text) => fromYaml(text) as Kubeconfig);

/** A hand may have broken it. */
function parsed<T>(
  text: string | undefined,
  parse: (text: string) => T | undefined,
): T | undefined {
  if (text === undefined) return undefined;
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

/** Of the merged kubeconfig at this path of the store; whatever is in the way there is told, and stays. */
export async function takeOutKubeconfig(
  path: string,
  work: Pick<Work, "store" | "clock" | "say">,
): Promise<void> {
  const { store, say } = work;
  const record = recordOf(store, path);
  if (!record) return;
  try {
    const ours = oursOf(store, path);
    const taken = { ours, origin: record };
    const { kept } = await mergeElsewhere(work, record.path, taken);
    say(`${record.path}: our contexts are taken out${keptInWords(kept)}`);
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
    const [reason, ...more] = error.message.split("\n");
    say(`${record.path}: left as it is. ${reason}`);
    for (const line of more) say(line);
  }
}

export const keptInWords = (kept: readonly string[]): string =>
  kept.length === 0
    ? ""
    : `, but for what another hand changed: ${kept.join(", ")}`;
