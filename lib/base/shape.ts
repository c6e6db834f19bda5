import { LIMITS } from "./limits";

/**
 * Checks that a value from outside has a type, and returns it as that type; throws a {@link Mismatch} if it has not.
 * `at` is the place of the value in the whole input, for the message.
 */
export type Shape<T> = (value: unknown, at?: string) => T;

/** Its message says which value has the wrong type. The caller adds where the input came from. */
export class Mismatch extends Error {}

function mismatch(at: string, value: unknown, expected: string): Mismatch {
  return new Mismatch(
    `${at || "the whole"} is ${kindOf(value)}, and ${expected} is expected`,
  );
}

function kindOf(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

const scalar =
  <T>(type: string, expected: string): Shape<T> =>
  (value, at = "") => {
    if (typeof value !== type) throw mismatch(at, value, expected);
    return value as T;
  };

export const text = scalar<string>("string", "a string");
export const number = scalar<number>("number", "a number");
export const flag = scalar<boolean>("boolean", "true or false");

export const anything: Shape<unknown> = (value) => value;

/** Allows null and absence: Go writes an empty value as null, or leaves it out. */
export const optional =
  <T>(shape: Shape<T>): Shape<T | undefined> =>
  (value, at) =>
    value === undefined || value === null ? undefined : shape(value, at);

/** Allows absence, but not null: for what is written here. */
export const orAbsent =
  <T>(shape: Shape<T>): Shape<T | undefined> =>
  (value, at) =>
    value === undefined ? undefined : shape(value, at);

/** A text of which more is expected. `expected` says what: `a duration`. */
export const textThat =
  (is: (given: string) => boolean, expected: string): Shape<string> =>
  (value, at = "") => {
    const given = text(value, at);
    if (is(given)) return given;
    const shown = JSON.stringify(given.slice(0, LONGEST_VALUE));
    throw new Mismatch(`${at} is ${shown}, and ${expected} is expected`);
  };

/** Characters of a value in a message. */
const LONGEST_VALUE = 60;

export const list =
  <T>(shape: Shape<T>): Shape<readonly T[]> =>
  (value, at = "") => {
    if (!Array.isArray(value)) throw mismatch(at, value, "a list");
    return value.map((each, index) => shape(each, `${at}[${index}]`));
  };

/** An object with any keys, whose values all have one shape. */
export const record =
  <T>(shape: Shape<T>): Shape<Readonly<Record<string, T>>> =>
  (value, at = "") =>
    Object.fromEntries(
      Object.entries(objectAt(value, at)).map(([key, each]) => [
        key,
        shape(each, placeIn(at, key)),
      ]),
    );

/** An object whose listed fields have their shapes. Other fields are returned unchecked. */
export const fields =
  <T extends object>(shapes: {
    readonly [Key in keyof T]-?: Shape<T[Key]>;
  }): Shape<T> =>
  (value, at = "") => {
    const object = objectAt(value, at);
    const checked = Object.entries<Shape<unknown>>(shapes).flatMap(
      ([key, shape]) => {
        const own = Object.hasOwn(object, key) ? object[key] : undefined;
        const read = shape(own, placeIn(at, key));
        return read === undefined && own === undefined ? [] : [[key, read]];
      },
    );
    return { ...object, ...Object.fromEntries(checked) } as T;
  };

const placeIn = (at: string, key: string): string =>
  at === "" ? key : `${at}.${key}`;

function objectAt(
  value: unknown,
  at: string,
): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw mismatch(at, value, "an object");
  return value as Readonly<Record<string, unknown>>;
}

/** An object with any keys and values. */
export const anyRecord = record(anything);

/** The number of a port; 0 says that there is none. */
export const port: Shape<number> = (value, at = "") => {
  const given = number(value, at);
  if (!Number.isInteger(given) || given < 0 || given > 65_535)
    throw new Mismatch(`${at} is ${given}, which is not a port`);
  return given;
};

/** Reads JSON from outside. Nesting is limited, because very deep JSON would crash the code that walks through it. */
export function readJson<T>(json: string, shape: Shape<T>): T {
  if (nestsTooDeep(json))
    throw new Mismatch(
      `it nests deeper than the ${LIMITS.depth} levels that are allowed`,
    );
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new Mismatch(
      json === "" ? "it is empty, and JSON is expected" : "it is not JSON",
    );
  }
  return shape(value, "");
}

function nestsTooDeep(json: string): boolean {
  let depth = 0;
  let isQuoted = false;
  for (let at = 0; at < json.length && depth <= LIMITS.depth; at++) {
    const sign = json[at];
    if (sign === '"') isQuoted = !isQuoted;
    else if (isQuoted) at += sign === "\\" ? 1 : 0;
    else if (sign === "[" || sign === "{") depth++;
    else if (sign === "]" || sign === "}") depth--;
  }
  return depth > LIMITS.depth;
}

/** The value that is read; throws the caller's error, which names the source, instead of a mismatch. */
export function expecting<T>(
  read: () => T,
  error: (problem: string) => Error,
): T {
  try {
    return read();
  } catch (mismatch) {
    if (!(mismatch instanceof Mismatch)) throw mismatch;
    throw error(mismatch.message);
  }
}

/** `undefined` instead of a mismatch: for input that is ignored if it is wrong. */
export function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Mismatch) return undefined;
    throw error;
  }
}
