import type { Keys, Place } from "../request/request";
import type { Reference } from "./specs";

const REFERENCES = new WeakSet<object>();

/**
 * Makes a reference of a value. What a user writes may look the same, but it was never passed to this function, so
 * it stays data.
 */
export function reference(value: Reference): Reference {
  REFERENCES.add(value);
  return value;
}

/** Where the references of a spec are. The agent resolves them there, and takes everything else for data. */
export const placesOf = (documents: readonly unknown[]): Place[] =>
  documents.flatMap((value, document) =>
    keysOfReferences(value).map((keys) => ({ document, keys })),
  );

function keysOfReferences(value: unknown): Keys[] {
  if (!isPlain(value)) return [];
  const below = Object.entries(value).flatMap(([key, each]) =>
    keysOfReferences(each).map((keys) => [
      Array.isArray(value) ? Number(key) : key,
      ...keys,
    ]),
  );
  return REFERENCES.has(value) ? [[], ...below] : below;
}

/** A list or a mapping; a value that is known only at apply is neither, and has no end to walk to. */
function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  return (
    Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype
  );
}

/** The files of the store that references name, without the certificate and key that are made with an artefact. */
export const referredFiles = (
  documents: readonly unknown[],
  places: readonly Place[],
): string[] =>
  places.flatMap(({ document, keys }) => {
    const name = fileNamedAt(documents[document], keys);
    return name === undefined || name === "certificate" || name === "key"
      ? []
      : [name];
  });

/** What the reference at a place names by `$base64`. */
export function fileNamedAt(document: unknown, keys: Keys): string | undefined {
  const value = valueAt(document, keys) as { $base64?: string } | undefined;
  return value?.$base64;
}

/** The value that keys lead to; `undefined` where they lead nowhere. */
export const valueAt = (document: unknown, keys: Keys): unknown =>
  keys.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, key)
        ? (value as Readonly<Record<string | number, unknown>>)[key]
        : undefined,
    document,
  );
