import { distance } from "fastest-levenshtein";

/** The known name that was probably meant, if one is similar enough. */
export function similarName(
  given: string,
  known: readonly string[],
): string | undefined {
  const [best] = known
    .map((name) => ({ name, apart: apartFrom(given, name) }))
    .sort((one, other) => one.apart - other.apart);
  return best && best.apart <= tolerance(given) ? best.name : undefined;
}

/** The largest accepted distance. Two swapped letters have a distance of two. */
const tolerance = ({ length }: string): number =>
  length < 4 ? 1 : Math.max(2, Math.floor(length / 3));

/** The distance of two names. Case, hyphens and underscores are ignored, because they are mixed up most often. */
const apartFrom = (one: string, other: string): number =>
  distance(plain(one), plain(other));

const plain = (name: string): string => name.toLowerCase().replace(/[-_]/g, "");
