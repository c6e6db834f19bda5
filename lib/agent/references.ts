import { toYaml } from "../render/yaml";
import type { FileReference } from "../render/specs";
import { changedUserFile, unreadableUserFile } from "./errors";
import { errorCode, sha256 } from "./files";
import { readFileSync } from "node:fs";

/** What the references of a spec stand for. */
export interface Sources {
  /** The base64 of a file of the store, or of the artefact's own `certificate` or `key`. */
  base64(name: string): string;
  text(file: FileReference): string;
  /** The token that is made with the artefact. */
  token?(): string;
  /** The fingerprint of a field of the whole. */
  checksum?(field: string): string;
}

type Node = Readonly<Record<string, unknown>>;

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const KINDS = ["$base64", "$text", "$token", "$yaml", "$checksum"];

/** Whether there may be a reference in a spec, which is then worth reading. */
export const mayRefer = (spec: string): boolean =>
  KINDS.some((kind) => spec.includes(kind));

/** The one key of a reference. */
function referenceKind(node: Node): string | undefined {
  const keys = Object.keys(node);
  return keys.length === 1 && KINDS.includes(keys[0]) ? keys[0] : undefined;
}

/** The same tree with every reference replaced by what it stands for. */
export function resolveReferences(value: unknown, sources: Sources): unknown {
  if (Array.isArray(value))
    return value.map((item) => resolveReferences(item, sources));
  if (!isNode(value)) return value;
  switch (referenceKind(value)) {
    case "$base64":
      return sources.base64(String(value.$base64));
    case "$text":
      return sources.text(value.$text as FileReference);
    case "$token":
      return sources.token?.();
    case "$yaml":
      return toYaml(resolveReferences(value.$yaml, sources));
    case "$checksum":
      return sources.checksum?.(String(value.$checksum));
    default:
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [
          key,
          resolveReferences(item, sources),
        ]),
      );
  }
}

/** The files of the store that a tree refers to. */
export function referredFiles(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referredFiles);
  if (!isNode(value)) return [];
  if (referenceKind(value) === "$base64") {
    const name = String(value.$base64);
    return name === "certificate" || name === "key" ? [] : [name];
  }
  return Object.values(value).flatMap(referredFiles);
}

/** What a file made from a tree holds where the tree says `$base64: name`. */
export function findBase64(
  tree: unknown,
  made: unknown,
  name: string,
): string | undefined {
  if (Array.isArray(tree)) {
    return Array.isArray(made)
      ? firstOf(tree.map((item, at) => findBase64(item, made[at], name)))
      : undefined;
  }
  if (!isNode(tree)) return undefined;
  if (tree.$base64 === name) {
    return typeof made === "string"
      ? Buffer.from(made, "base64").toString()
      : undefined;
  }
  if (!isNode(made)) return undefined;
  return firstOf(
    Object.entries(tree).map(([key, item]) =>
      findBase64(item, made[key], name),
    ),
  );
}

const firstOf = (values: readonly (string | undefined)[]): string | undefined =>
  values.find((value) => value !== undefined);

/** A file of the user's, as it was when the plan was made. */
export function readUserFile(
  { file, sha256: planned }: FileReference,
  wantedBy: string,
): Buffer {
  let content: Buffer;
  try {
    content = readFileSync(file);
  } catch (error) {
    throw unreadableUserFile(file, wantedBy, errorCode(error) || String(error));
  }
  if (sha256(content) !== planned) throw changedUserFile(file, wantedBy);
  return content;
}
