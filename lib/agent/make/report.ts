import { files } from "../../base/counted";
import type { ParsedArtefact } from "../../store/artefacts";
import type { Made } from "./maker";

/** Notes on single files, then one line for the batch: `cp-1: 2 files made, 20 unchanged`. */
export function batchReport(
  title: string,
  results: ReadonlyMap<ParsedArtefact, Made>,
  { made, removed }: Readonly<Record<"made" | "removed", number>>,
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
  // Print nothing for an empty batch.
  return parts.length > 0 ? [...notes, `${title}: ${parts.join(", ")}`] : notes;
}
