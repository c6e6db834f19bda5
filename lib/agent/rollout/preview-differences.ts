import type { Step } from "./step";
import { changeWords, NO_CHANGES, type NodeChanges } from "./changes";

const identityOf = ({ kind, nodes }: Step): string =>
  `${kind} ${nodes.join(", ")}`;

export const isSameStep = (one: Step | undefined, other: Step): boolean =>
  one !== undefined && identityOf(one) === identityOf(other);

/** How the forecast differs from the preview, one line for each difference; empty if it does not. */
export function differencesFromPreview(
  previewed: readonly Step[],
  steps: readonly Step[],
): string[] {
  const before = new Map(previewed.map((step) => [identityOf(step), step]));
  const now = new Map(steps.map((step) => [identityOf(step), step]));
  const kept = [...before.keys()].filter((each) => now.has(each));
  const lines = [
    ...[...before]
      .filter(([each]) => !now.has(each))
      .map(([, { title }]) => `no longer: ${title}`),
    ...[...now]
      .filter(([each]) => !before.has(each))
      .map(([, { title }]) => `not in the preview: ${title}`),
    ...kept.flatMap((each) =>
      changeDifferences(before.get(each) as Step, now.get(each) as Step),
    ),
  ];
  const isInOrder = kept.every(
    (each, at) =>
      each === [...now.keys()].filter((other) => before.has(other))[at],
  );
  return isInOrder ? lines : [...lines, "the steps are in a different order"];
}

/** How the changes of the same step differ. */
function changeDifferences(before: Step, now: Step): string[] {
  return now.nodes.flatMap((node) => {
    const was = before.changes?.[node] ?? NO_CHANGES;
    const is = now.changes?.[node] ?? NO_CHANGES;
    return [
      ...differences(was, is).map(
        (each) => `${node}: not in the preview: ${each}`,
      ),
      ...differences(is, was).map((each) => `${node}: no longer: ${each}`),
    ];
  });
}

const differences = (from: NodeChanges, to: NodeChanges): string[] =>
  changeWords(to).filter((each) => !changeWords(from).includes(each));
