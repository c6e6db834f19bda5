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

/**
 * The distance of two names. Case, hyphens and underscores are ignored, because they are mixed up most often. A name that
 * is the other one cut short, such as `dataDir` and `dataDirectory`, is nearer than one with two wrong letters.
 */
function apartFrom(one: string, other: string): number {
  const [short, long] = [plain(one), plain(other)].sort(
    (a, b) => a.length - b.length,
  );
  const isPart = short.length >= PART && long.startsWith(short);
  return Math.min(
    distance(short, long),
    isPart ? 1.5 + (long.length - short.length) / 100 : Infinity,
  );
}

/** The letters of a name that are enough to recognize a longer one. */
const PART = 4;

const plain = (name: string): string => name.toLowerCase().replace(/[-_]/g, "");
