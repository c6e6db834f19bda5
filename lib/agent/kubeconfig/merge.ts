import { isDeepStrictEqual } from "node:util";
import { type Conflict, conflictingEntries } from "./errors";
import {
  changedFields,
  entriesOf,
  type Entry,
  isSameName,
  type Kubeconfig,
  LIST_NAMES,
  LISTS,
  titleOf,
  withOurs,
} from "./entries";
import { type Before, CURRENT, KubeconfigText } from "./text";

/** What a file was like before the first merge, as far as the file itself does not show it. */
export interface Origin {
  /** The text of a file that had no content; `null` if the file did not exist. Absent for other files. */
  readonly whole?: string | null;
  /** The current context that the last merge asked for. */
  readonly asked?: string;
  readonly before: Readonly<Record<string, Before>>;
}

export interface Merge {
  /** The path of the file, for messages. */
  readonly path: string;
  /** The present text of the file; `undefined` if there is no file. */
  readonly text: string | undefined;
  /** The entries that should be in it; `undefined` if ours should be removed. */
  readonly wanted?: Kubeconfig;
  /** The entries that the last merge added. */
  readonly ours?: Kubeconfig;
  readonly origin?: Origin;
  /** The current context that the program asks for. */
  readonly asked?: string;
}

export interface Merged {
  /** The new text; `undefined` if the file is to be removed. */
  readonly text: string | undefined;
  readonly origin: Origin;
  /** Entries of ours that are no longer wanted, but stay because somebody changed them. */
  readonly kept: readonly string[];
}

const HEADER = "apiVersion: v1\nkind: Config\n";

/** Changes only our entries. If there are conflicts, it throws an error with all of them, and changes nothing. */
export function mergeKubeconfig(merge: Merge): Merged {
  const { path, text = "", wanted, ours } = merge;
  const isBlank = !/^[^#\s]/m.test(text);
  if (isBlank && !wanted)
    return { text: merge.text, origin: { before: {} }, kept: [] };
  const base = text === "" || text.endsWith("\n") ? text : `${text}\n`;
  let file = new KubeconfigText(isBlank ? base + HEADER : text, path);
  const [now, before] = [entriesOf(wanted), entriesOf(ours)];
  const origin: Origin = isBlank
    ? { whole: merge.text ?? null, before: absentLists() }
    : originOf(file, merge);
  const conflicts = now.flatMap((entry) => conflictOf(entry, before, file));
  if (conflicts.length > 0) throw conflictingEntries(path, conflicts);

  const kept: string[] = [];
  for (const entry of before) {
    if (now.some((each) => isSameName(each, entry))) continue;
    const { list, name } = entry;
    const theirs = file.fields(list, name);
    if (!theirs) continue;
    const changed = changedFields(theirs, entry).length > 0;
    if (changed) kept.push(titleOf(entry));
    else file = file.remove(list, name, origin.before[list]);
  }
  for (const entry of now) {
    const { list, name, fields } = entry;
    const theirs = file.fields(list, name);
    const mine = before.find((each) => isSameName(each, entry));
    const merged = withOurs(theirs ?? {}, mine?.fields, entry);
    if (!theirs) file = file.add(list, name, fields);
    else if (!isDeepStrictEqual(merged, theirs))
      file = file.replace(list, name, merged);
  }
  file = withCurrentContext(file, merge, origin);
  const isGone = !wanted && origin.whole !== undefined && file.isBare;
  return {
    text: isGone ? (origin.whole ?? undefined) : file.text,
    origin: { ...origin, asked: merge.asked },
    kept,
  };
}

const absentLists = (): Origin["before"] =>
  Object.fromEntries([...LIST_NAMES, CURRENT].map((key) => [key, null]));

/** What the file was like before. A list that contains our entries does not show it, so then the earlier record is kept. */
function originOf(file: KubeconfigText, { origin, ours }: Merge): Origin {
  const before: Record<string, Before> = {};
  for (const list of LIST_NAMES) {
    const known = origin?.before[list];
    const isOurs = (ours?.[list] ?? []).some(({ name }) =>
      file.fields(list, name),
    );
    if (file.isEmpty(list)) before[list] = file.before(list);
    else if (isOurs && known !== undefined) before[list] = known;
  }
  const isOurs = contextsOf(ours).includes(file.currentContext);
  const known = origin?.before[CURRENT];
  if (!isOurs) before[CURRENT] = file.before(CURRENT);
  else if (known !== undefined) before[CURRENT] = known;
  return {
    ...(origin?.whole !== undefined && { whole: origin.whole }),
    before,
  };
}

const contextsOf = (config: Kubeconfig | undefined): string[] =>
  (config?.contexts ?? []).map(({ name }) => name);

function conflictOf(
  entry: Entry,
  before: readonly Entry[],
  file: KubeconfigText,
): Conflict[] {
  const { list, name } = entry;
  const theirs = file.fields(list, name);
  if (!theirs || changedFields(theirs, entry).length === 0) return [];
  const mine = before.find((each) => isSameName(each, entry));
  const changed = mine && changedFields(theirs, mine);
  if (changed?.length === 0) return [];
  return [
    {
      title: titleOf(entry),
      removal: `delete-${LISTS[list]} ${name}`,
      changed,
    },
  ];
}

/** Sets the current context if there is none, or if the program newly asks for one. Later choices of users stay. */
function withCurrentContext(
  file: KubeconfigText,
  { wanted, ours, asked, origin: known }: Merge,
  origin: Origin,
): KubeconfigText {
  const { currentContext } = file;
  const left = contextsOf(ours).filter(
    (name) => !contextsOf(wanted).includes(name),
  );
  if (asked !== undefined && asked !== known?.asked)
    return file.setCurrentContext(asked);
  const isLost =
    left.includes(currentContext) && !file.fields("contexts", currentContext);
  if (isLost && contextsOf(wanted).length === 0) {
    const { [CURRENT]: before = ' ""' } = origin.before;
    const back = file.resetCurrentContext(before);
    // The context that was current before may no longer exist.
    return back.currentContext === "" ||
      back.fields("contexts", back.currentContext)
      ? back
      : file.resetCurrentContext(' ""');
  }
  const [first] = contextsOf(wanted);
  return first !== undefined && (currentContext === "" || isLost)
    ? file.setCurrentContext(asked ?? first)
    : file;
}
