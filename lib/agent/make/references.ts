import { valueAt } from "../../render/references";
import type { Keys, Place } from "../../request/artefact";
import type { FileReference } from "../../render/specs";
import { toYaml } from "../../render/yaml";
import {
  changedUserFile,
  invalidRequest,
  unreadableUserFile,
} from "../../base/errors";
import { sha256 } from "../../base/files";
import { readPlainFile, reasonOf } from "../../base/plain-file";

/** The values that replace the references of a spec. */
export interface Sources {
  /** The base64 of a file of the store, or of the artefact's own `certificate` or `key`. */
  base64(name: string): string;
  /** The text of a user's file. */
  text?(file: FileReference): string;
  /** The token that the artefact holds. */
  token?(): string;
  /** The checksum of a field of the document. */
  checksum?(field: string): string;
}

type Node = Readonly<Record<string, unknown>>;

/** The keys of the references in one document of a spec. */
export const keysIn = (
  references: readonly Place[] = [],
  document: number,
): Keys[] =>
  references
    .filter((place) => place.document === document)
    .map(({ keys }) => keys);

/** The references below a key, relative to it. */
export const keysBelow = (
  places: readonly Keys[],
  key: string | number,
): Keys[] =>
  places.filter(([first]) => first === key).map(([, ...rest]): Keys => rest);

/**
 * Replaces the references at these places by their values. Everything else is data and stays as it is, even if it looks
 * like a reference.
 */
export function resolveReferences(
  value: unknown,
  places: readonly Keys[],
  sources: Sources,
): unknown {
  if (places.length === 0) return value;
  for (const keys of places)
    if (valueAt(value, keys) === undefined)
      throw invalidRequest(`there is no reference at ${keys.join(".")}`);
  if (places.some((keys) => keys.length === 0))
    return resolved(value as Node, places, sources);
  const each = (item: unknown, key: string | number): unknown =>
    resolveReferences(item, keysBelow(places, key), sources);
  return Array.isArray(value)
    ? value.map(each)
    : Object.fromEntries(
        Object.entries(value as Node).map(([key, item]) => [
          key,
          each(item, key),
        ]),
      );
}

/** The value of one reference; `places` are its own and those of references inside it. */
function resolved(
  reference: Node,
  places: readonly Keys[],
  { base64, text, token, checksum }: Sources,
): unknown {
  const [kind] = Object.keys(reference);
  const value = reference[kind];
  if (kind === "$base64") return base64(String(value));
  if (kind === "$text" && text) return text(value as FileReference);
  if (kind === "$token" && token) return token();
  if (kind === "$checksum" && checksum) return checksum(String(value));
  if (kind === "$yaml") {
    const below = keysBelow(places, kind);
    const sources = { base64, text, token, checksum };
    return toYaml(resolveReferences(value, below, sources));
  }
  throw invalidRequest(`${kind} is not a reference that is allowed here`);
}

/** Reads a user's file, and requires that it is as it was when the plan was made. */
export function readUserFile(
  { file, sha256: planned }: FileReference,
  wantedBy: string,
): Buffer {
  let content: Buffer;
  try {
    content = readPlainFile(file);
  } catch (error) {
    throw unreadableUserFile(file, wantedBy, reasonOf(error));
  }
  if (sha256(content) !== planned) throw changedUserFile(file, wantedBy);
  return content;
}
