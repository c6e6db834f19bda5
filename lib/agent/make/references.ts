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

/** What the references of a spec stand for. */
export interface Sources {
  /** The base64 of a file of the store, or of the artefact's own `certificate` or `key`. */
  base64(name: string): string;
  /** The text of a file of the user's. */
  text?(file: FileReference): string;
  /** The token that is made with the artefact. */
  token?(): string;
  /** The fingerprint of a field of the whole. */
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

/** Those below a key, from there. */
export const keysBelow = (
  places: readonly Keys[],
  key: string | number,
): Keys[] =>
  places.filter(([first]) => first === key).map(([, ...rest]): Keys => rest);

/**
 * The same value with what stands at these places replaced by what it stands for. All else is data and stays as it is,
 * also where it looks like a reference.
 */
export function resolveReferences(
  value: unknown,
  places: readonly Keys[],
  sources: Sources,
): unknown {
  if (places.length === 0) return value;
  for (const keys of places)
    if (valueAt(value, keys) === undefined)
      throw invalidRequest(`no reference is at ${keys.join(".")}`);
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

/** What one reference stands for; `places` are those inside of it, and its own. */
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
  throw invalidRequest(`${kind} is no reference here`);
}

/** A file of the user's, as it was when the plan was made. */
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
