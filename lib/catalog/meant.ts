import { distance } from "fastest-levenshtein";

/** The known name that was probably meant, if one is close enough. */
export function meant(
  given: string,
  known: readonly string[],
): string | undefined {
  const [best] = known
    .map((name) => ({ name, apart: apartFrom(given, name) }))
    .sort((one, other) => one.apart - other.apart);
  return best && best.apart <= tolerance(given) ? best.name : undefined;
}

/** Two letters that are exchanged count as two. */
const tolerance = ({ length }: string): number =>
  length < 4 ? 1 : Math.max(2, Math.floor(length / 3));

/** Case, hyphens and underscores are what people mix up first, so they count for nothing. */
const apartFrom = (one: string, other: string): number =>
  distance(plain(one), plain(other));

const plain = (name: string): string => name.toLowerCase().replace(/[-_]/g, "");
