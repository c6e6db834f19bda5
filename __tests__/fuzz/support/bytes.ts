import fc from "fast-check";
import { TEXTS } from "./values";

/** How bytes are changed. Data only, so that fast-check can print it. */
export interface Change {
  readonly how: keyof typeof WAYS;
  readonly at: number;
  readonly word: string;
  readonly value: unknown;
}

type Way = (
  found: Buffer,
  change: Pick<Change, "at" | "word" | "value">,
) => Buffer | string;

const text =
  (change: (found: string, how: Parameters<Way>[1]) => string): Way =>
  (found, how) =>
    Buffer.from(change(found.toString("latin1"), how), "latin1");

const lines = (
  change: (lines: string[], at: number, word: string) => string[],
): Way =>
  text((found, { at, word }) => {
    const all = found.split("\n");
    return change(all, at % all.length, word).join("\n");
  });

/** Changes the bytes inside one PEM block, which stays valid PEM. */
const insidePem = (change: (der: Buffer, at: number) => Buffer): Way =>
  text((pem, { at }) => {
    const blocks = [...pem.matchAll(/(-----BEGIN [^-]+-----)([^-]*)/g)];
    const block = blocks[at % Math.max(1, blocks.length)];
    if (block === undefined) return pem;
    const der = change(Buffer.from(block[2], "base64"), at);
    const wrapped = der.toString("base64").replace(/.{64}/g, "$&\n");
    return pem.replace(block[0], () => `${block[1]}\n${wrapped}\n`);
  });

/** Changes one value, at any depth, of JSON. */
const inJson =
  (
    change: (
      owner: Record<string, unknown>,
      key: string,
      how: Parameters<Way>[1],
    ) => void,
  ): Way =>
  (found, how) => {
    let root: { whole: unknown };
    try {
      root = { whole: JSON.parse(found.toString()) };
    } catch {
      return found;
    }
    const places: [Record<string, unknown>, string][] = [];
    const visit = (value: unknown, depth: number): void => {
      if (typeof value !== "object" || value === null || depth > 50) return;
      for (const [key, each] of Object.entries(value)) {
        places.push([value as Record<string, unknown>, key]);
        visit(each, depth + 1);
      }
    };
    visit(root, 0);
    change(...places[how.at % places.length], how);
    return JSON.stringify(root.whole, undefined, 2) ?? "";
  };

const flipped: Way = (found, { at }) => {
  const copy = Buffer.from(found);
  if (copy.length > 0) copy[at % copy.length] ^= 1 << (at % 8);
  return copy;
};

/** Stands for a value that cannot be made in another way, because it nests too deep. */
const DEEP = "deep-value";

const cut = (found: Buffer, at: number): number => at % (found.length + 1);

const WAYS = {
  "one byte flipped": flipped,
  "cut off": (found, { at }) => found.subarray(0, cut(found, at)),
  "without its beginning": (found, { at }) => found.subarray(cut(found, at)),
  emptied: () => "",
  doubled: (found) => Buffer.concat([found, found]),
  "with a word in it": (found, { at, word }) => {
    const place = cut(found, at);
    const parts = [found.subarray(0, place), Buffer.from(word)];
    return Buffer.concat([...parts, found.subarray(place)]);
  },
  "only a word": (_, { word }) => word,
  "full of NULs": (found) => Buffer.alloc(found.length),
  "with a NUL": (found, { at }) => {
    const copy = Buffer.from(found);
    if (copy.length > 0) copy[at % copy.length] = 0;
    return copy;
  },
  "with a BOM": text((found) => `\xef\xbb\xbf${found}`),
  "with CRLF": text((found) => found.replaceAll("\n", "\r\n")),
  "with CR": text((found) => found.replaceAll("\n", "\r")),
  "in UTF-16": (found) => Buffer.from(found.toString(), "utf16le"),
  "other bytes": (found, { at }) =>
    Buffer.from(found.map((byte, place) => (byte * 167 + place * at) & 0xff)),
  "without a line": lines((all, at) => all.toSpliced(at, 1)),
  "with a line twice": lines((all, at) => all.toSpliced(at, 0, all[at])),
  "its lines turned": lines((all, at) => [
    ...all.slice(at),
    ...all.slice(0, at),
  ]),
  "a word after a colon": lines((all, at, word) =>
    all.with(
      at,
      all[at].replace(/: .*$/, () => `: ${word}`),
    ),
  ),
  "a word in place of one of its words": text((found, { at, word }) => {
    const words = found.split(/([\s=:/"]+)/);
    return words.with((at * 2) % words.length, word).join("");
  }),
  "a number beyond range": text((found, { at, word }) => {
    const numbers = [...found.matchAll(/\d+/g)];
    const one = numbers[at % Math.max(1, numbers.length)];
    const odd = ["-1", "1e400", "9".repeat(40), "NaN", "0x10", "1.5", word];
    return one === undefined
      ? found
      : found.slice(0, one.index) +
          odd[at % odd.length] +
          found.slice(one.index + one[0].length);
  }),
  "very long": text((found, { at, word }) => {
    const place = at % (found.length + 1);
    const much = (word || " ").repeat(60_000).slice(0, 60_000);
    return found.slice(0, place) + much + found.slice(place);
  }),
  "many lines": text(
    (found, { word }) => found + `${word.slice(0, 3)}\n`.repeat(20_000),
  ),
  "control characters": text(
    (found, { at }) =>
      `\x1b[2J\x07${found.slice(0, at % (found.length + 1))}\r\b\x9b${found}`,
  ),
  "deep JSON": () => "[".repeat(2_000) + "]".repeat(2_000),
  "deep JSON in a field": (found, how) =>
    Buffer.from(
      inJson((owner, key) => {
        owner[key] = DEEP;
      })(found, how),
    )
      .toString()
      .replaceAll(`"${DEEP}"`, '{"a":'.repeat(2_000) + "1" + "}".repeat(2_000)),
  "deep YAML": text((found) => `${found}\nx: ${"[".repeat(20_000)}\n`),
  "YAML with aliases": text(
    (found) => `${found}\na: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\n`,
  ),
  "another value in its JSON": inJson((owner, key, { value }) => {
    owner[key] = value;
  }),
  "a word in its JSON": inJson((owner, key, { word }) => {
    owner[key] = word;
  }),
  "a field less in its JSON": inJson((owner, key) => {
    delete owner[key];
  }),
  "a field more in its JSON": inJson((owner, _, { word, value }) => {
    Object.defineProperty(owner, word, { value, enumerable: true });
  }),
  "an item twice in its JSON": inJson((owner, key) => {
    owner[key] = [owner[key], owner[key]].flat();
  }),
  "other bytes in its PEM": insidePem((der, at) =>
    Buffer.from(flipped(der, { at, word: "", value: null })),
  ),
  "its PEM cut off": insidePem((der, at) => der.subarray(0, cut(der, at))),
  "another length in its PEM": insidePem((der, at) => {
    const place = at % Math.max(1, der.length);
    const long = Buffer.from([0x84, 0xff, 0xff, 0xff, 0xff]);
    return Buffer.concat([
      der.subarray(0, place),
      long,
      der.subarray(place + 5),
    ]);
  }),
  "its PEM zeroed from a place on": insidePem((der, at) =>
    Buffer.from(der).fill(0, cut(der, at)),
  ),
} satisfies Record<string, Way>;

/** Values of wrong types and beyond their range, as JSON can have them. */
const VALUES = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  2 ** 53,
  -8.64e15,
  8.64e12,
  -8.64e12,
  [],
  {},
  [null],
  [[]],
  [{}],
  { x: null },
  { length: 9 },
  { toString: 5 },
  ["", 1],
  "9999-99-99T99:99:99Z",
  "-1h",
  "2562048h",
  "../../../x",
  "a".repeat(5_000),
] as const;

export const changeOf = (): fc.Arbitrary<Change> =>
  fc.record(
    {
      how: fc.constantFrom(...(Object.keys(WAYS) as Change["how"][])),
      at: fc.nat(),
      word: fc.constantFrom(...TEXTS),
      value: fc.constantFrom<unknown>(...VALUES),
    },
    { noNullPrototype: true },
  );

export const changed = (found: Buffer, change: Change): Buffer =>
  Buffer.from(WAYS[change.how](found, change));
