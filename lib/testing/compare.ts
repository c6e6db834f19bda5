import { visibleJson } from "../base/visible";
import { counted } from "../base/counted";

/** What is expected of a value: another value of which all parts must be in it, an expression, or a matcher of a test framework. */
export type Expected<T> =
  | AsymmetricMatcher
  | (T extends string
      ? T | RegExp
      : T extends readonly unknown[]
        ? T
        : T extends object
          ? { readonly [Key in keyof T]?: Expected<T[Key]> }
          : T);

/** Such as `including("api.example.org")`, or `expect.stringContaining("…")` of Jest and Vitest. */
export interface AsymmetricMatcher {
  asymmetricMatch(actual: unknown): boolean;
  /** How a message names it. */
  toString(): string;
}

/** Expects a list with all of these values in it, in any order, and perhaps with others. */
export const including = (
  ...values: readonly unknown[]
): AsymmetricMatcher => ({
  asymmetricMatch: (actual) =>
    Array.isArray(actual) &&
    values.every((value) =>
      actual.some((each) => differences(value, each).length === 0),
    ),
  toString: () => `a list with ${values.map(shown).join(", ")}`,
});

/** Each place at which a value is not as expected, in one line: `spec.replicas: expected 2, found 1`. */
export function differences(
  expected: unknown,
  actual: unknown,
  at = "",
): string[] {
  if (isMatcher(expected))
    return expected.asymmetricMatch(actual) ? [] : [line(at, expected, actual)];
  if (expected instanceof RegExp)
    // Unlike `test`, it begins at the start of the text each time.
    return typeof actual === "string" && actual.search(expected) >= 0
      ? []
      : [line(at, expected, actual)];
  if (Array.isArray(expected) && Array.isArray(actual))
    return differencesOfLists(expected, actual, at);
  if (isObject(expected) && isObject(actual))
    return Object.entries(expected).flatMap(([key, value]) =>
      differences(value, actual[key], at === "" ? key : `${at}.${key}`),
    );
  return Object.is(expected, actual) ? [] : [line(at, expected, actual)];
}

function differencesOfLists(
  expected: readonly unknown[],
  actual: readonly unknown[],
  at: string,
): string[] {
  if ([...expected, ...actual].some(isObject))
    return expected.length === actual.length
      ? expected.flatMap((each, i) =>
          differences(each, actual[i], `${at}[${i}]`),
        )
      : [
          `${at}: expected ${counted(expected.length, "item")}, found ${counted(actual.length, "item")}`,
        ];
  const missing = expected.filter((each) => !actual.includes(each));
  const extra = actual.filter((each) => !expected.includes(each));
  const place = at === "" ? "the list" : at;
  if (missing.length > 0 || extra.length > 0)
    return [
      ...missing.map((each) => `${place}: ${shown(each)} is missing`),
      ...extra.map((each) => `${place}: ${shown(each)} was not expected`),
    ];
  return expected.length === actual.length &&
    expected.every((each, i) => each === actual[i])
    ? []
    : [line(at, expected, actual)];
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

const isMatcher = (value: unknown): value is AsymmetricMatcher =>
  isObject(value) && typeof value.asymmetricMatch === "function";

const line = (at: string, expected: unknown, actual: unknown): string =>
  `${at === "" ? "" : `${at}: `}expected ${shown(expected)}, found ${shown(actual)}`;

/** The longest value that a message shows. */
const LONGEST = 300;

/** A value in a message. */
export function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  const text =
    value instanceof RegExp || isMatcher(value)
      ? String(value)
      : visibleJson(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
