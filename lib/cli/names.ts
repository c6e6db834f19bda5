/** The parts that are written out: of more, only the number of the others is told. */
const MOST_PARTS = 3;
/** Characters in which names are listed without looking for shorter words. */
const SHORT = 20;

const COLLATOR = new Intl.Collator("en", { numeric: true });

/** Sorts numbers in names by their value. */
export const byName = (one: string, other: string): number =>
  COLLATOR.compare(one, other);

/** `cp-1, cp-2, cp-3`; `cp-1, worker-1 … worker-1000`; `ann, bob and 7 more` */
export function namesInWords(names: readonly string[]): string {
  const sorted = [...names].sort(byName);
  const list = sorted.join(", ");
  if (sorted.length <= MOST_PARTS && list.length <= SHORT) return list;
  const parts = runsOf(sorted).flatMap((run) =>
    run.length > 2
      ? [{ text: `${run[0]} … ${run.at(-1)}`, count: run.length }]
      : run.map((text) => ({ text, count: 1 })),
  );
  const shown =
    parts.length > MOST_PARTS ? parts.slice(0, MOST_PARTS - 1) : parts;
  const rest = shown.reduce((left, { count }) => left - count, sorted.length);
  const texts = shown.map(({ text }) => text).join(", ");
  return rest > 0 ? `${texts} and ${thousands(rest)} more` : texts;
}

/** Names that differ only in numbers without a gap are one run. */
function runsOf(sorted: readonly string[]): string[][] {
  const runs: string[][] = [];
  let next: string | undefined;
  for (const name of sorted) {
    if (name === next) runs.at(-1)?.push(name);
    else runs.push([name]);
    next = name.replace(/\d+$/, (digits) => String(Number(digits) + 1));
  }
  return runs;
}

/** `1,000` */
export const thousands = (count: number): string =>
  String(count).replace(/\B(?=(\d{3})+$)/g, ",");
