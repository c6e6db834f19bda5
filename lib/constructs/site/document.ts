import { readFileSync } from "node:fs";
import { type DataKind, MINORS } from "../../catalog/config/fields";
import { isObject } from "../../catalog/config/shape";
import type { Site } from "../../catalog/site";
import { readKubernetesYaml } from "../../render/kubernetes-yaml";
import { toYaml } from "../../render/yaml";
import { hasToken } from "../../terraform/expression";
import { checked, requireData } from "../data";
import { error, show, sourceMissing } from "../errors";
import { isFile } from "../files";

/** A document of Kubernetes' own, which a prop takes as an object, or as the path of a file on this machine. */
export type GivenDocument = string | Readonly<Record<string, unknown>>;

/** What a document must be. */
export interface DocumentType {
  /** The prop: `audit.policy`. */
  readonly prop: string;
  readonly kind: DataKind;
  /** The version that is written if an object has none. */
  readonly apiVersion: string;
  /** Other versions that API servers read. */
  readonly olderVersions?: readonly string[];
}

/** A document that was checked, and how its file is made. */
export interface CheckedDocument {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly content: { readonly text: string } | { readonly source: string };
}

/** Reads a document. Throws if its kind has other fields in this version of Kubernetes. */
export function checkedDocument(
  site: Site,
  type: DocumentType,
  given: GivenDocument,
): CheckedDocument {
  const { prop, kind, apiVersion, olderVersions = [] } = type;
  const header = { apiVersion, kind };
  const document =
    typeof given === "string"
      ? documentIn(prop, given)
      : { ...header, ...given };
  requireData(prop, document);
  if (hasToken(document)) throw laterDocument(prop);
  for (const [field, expected] of Object.entries(header))
    if (
      document[field] !== expected &&
      !(field === "apiVersion" && isAmong(olderVersions, document[field]))
    )
      throw otherDocument(prop, field, document[field], expected);
  // API servers read the metadata and do nothing with it.
  const known = [...Object.keys(header), "metadata"];
  const rest = Object.fromEntries(
    Object.entries(document).filter(([field]) => !known.includes(field)),
  );
  const isListed = (MINORS as readonly number[]).includes(site.version.minor);
  const fields =
    isListed && !site.allowUnknownFlags
      ? checked(kind, rest, site.version.minor, prop)
      : rest;
  return {
    fields,
    content:
      typeof given === "string"
        ? { source: given }
        : { text: toYaml({ ...header, ...fields }) },
  };
}

const isAmong = (texts: readonly string[], value: unknown): boolean =>
  texts.some((text) => text === value);

/** The only document in a file on this machine. */
function documentIn(prop: string, path: string): Record<string, unknown> {
  const [document, ...more] = documentsIn(prop, path);
  if (!isObject(document) || more.length > 0)
    throw wrongFile(prop, path, "does not contain exactly one object");
  return document;
}

/** The documents in a file on this machine. */
export function documentsIn(prop: string, path: string): unknown[] {
  if (!isFile(path)) throw sourceMissing(path);
  try {
    return readKubernetesYaml(readFileSync(path, "utf8"));
  } catch (cause) {
    throw wrongFile(
      prop,
      path,
      `is not YAML: ${(cause as Error).message.split("\n")[0]}`,
    );
  }
}

const wrongFile = (prop: string, path: string, problem: string) =>
  error(
    `${prop} names the file ${show(path)}, which ${problem}.`,
    "Allowed is a file with one object, in YAML or JSON.",
    "Correct the file.",
  );

const otherDocument = (
  prop: string,
  field: string,
  given: unknown,
  expected: string,
) =>
  error(
    `${prop}.${field} is ${show(given)}.`,
    `Allowed is ${show(expected)}.`,
    `Write ${field}: ${expected}.`,
  );

const laterDocument = (prop: string) =>
  error(
    `${prop} has a value that is known only at apply.`,
    "Allowed are literals, because synthesis checks the whole object.",
    "Write the value as a literal.",
  );
