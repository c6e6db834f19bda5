import { distance } from "fastest-levenshtein";

/**
 * The last sentence of an error about a name, if a known name is similar enough that it was probably meant.
 * @param shown How a known name is written. @default - as it is
 */
export function didYouMean(
  given: string,
  known: readonly string[],
  shown: (name: string) => string = (name) => name,
): string | undefined {
  const [best] = known
    .map((name) => ({ name, apart: apartFrom(given, name) }))
    .sort((one, other) => one.apart - other.apart);
  return best && best.apart <= tolerance(given)
    ? `Did you mean ${shown(best.name)}?`
    : undefined;
}

/** The largest accepted distance. Two swapped letters have a distance of two. */
const tolerance = ({ length }: string): number =>
  length < 4 ? 1 : Math.max(2, Math.floor(length / 3));

/** The distance of two names. Case, hyphens and underscores are ignored, because they are mixed up most often. */
const apartFrom = (one: string, other: string): number =>
  distance(plain(one), plain(other));

const plain = (name: string): string => name.toLowerCase().replace(/[-_]/g, "");
