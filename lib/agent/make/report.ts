import { files } from "../../base/counted";
import { isRenewable, type ParsedArtefact } from "../../store/artefacts";
import type { Made } from "./maker";

interface BatchOutcome {
  /** Files made, and files removed. */
  readonly made: number;
  readonly removed: number;
  /** Whether nothing was written at all. */
  readonly isSame: boolean;
}

/** Notes on single files, then one line for the batch: `cp-1: 2 files made, 20 unchanged`. */
export function batchReport(
  title: string,
  results: ReadonlyMap<ParsedArtefact, Made>,
  { made, removed, isSame }: BatchOutcome,
): string[] {
  const outcomes = [...results.values()];
  const all = outcomes.reduce((sum, { contents }) => sum + contents.length, 0);
  const waiting = outcomes.filter(({ pending }) => pending).length;
  const unchanged = all - made;
  const parts = [
    ...(made > 0 ? [`${files(made)} made`] : []),
    ...(removed > 0 ? [`${files(removed)} removed`] : []),
    ...(unchanged > 0
      ? [`${made + removed > 0 ? unchanged : files(unchanged)} unchanged`]
      : []),
    ...(waiting > 0 ? [`${waiting} waiting for a signature`] : []),
  ];
  const notes = [...results].flatMap(([{ path }, { note }]) =>
    note === undefined
      ? []
      : // The batch of a CA has the name of its files.
        [`${path.startsWith(title) ? "" : `${title}: `}${path}: ${note}`],
  );
  // Whoever replaces a resource by hand, with `terraform apply -replace`, probably wants a new key.
  const hint =
    isSame &&
    [...results].some(
      ([artefact, { certificate }]) => isRenewable(artefact) && certificate,
    )
      ? " (to make new keys: cdktf-control-plane renew)"
      : "";
  // Print nothing for an empty batch.
  return parts.length > 0
    ? [...notes, `${title}: ${parts.join(", ")}${hint}`]
    : notes;
}
