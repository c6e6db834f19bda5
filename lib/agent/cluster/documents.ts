import {
  incompleteObject,
  invalidObjectName,
  objectTwice,
  unusableObject,
} from "./errors";
import { sha256 } from "../../base/files";
import {
  expecting,
  fields,
  optional,
  record,
  type Shape,
  text,
} from "../../base/shape";
import type { ApiObject, ObjectName } from "./api-object";
import { identityOf, titleOf } from "./applied";
import { NODE_OBJECT } from "./nodes";

/** A file of the store with cluster objects. */
export interface ObjectsFile {
  readonly file: string;
  /** What its documents hold. A file may have been altered, so it may be anything. */
  readonly objects: readonly unknown[];
}

interface Described {
  readonly file: string;
  readonly object: ApiObject;
}

/** A described object. Its kind says how it is applied. */
export type Document =
  | (Described & { readonly kind: "object"; readonly name: ObjectName })
  | (Described & { readonly kind: "node" })
  | (Described & { readonly kind: "token"; readonly fingerprint: string });

/** An object as a file describes it. A bootstrap token has no name yet. */
interface Written {
  readonly apiVersion?: unknown;
  readonly kind?: unknown;
  readonly type?: unknown;
  readonly metadata?: {
    readonly name?: unknown;
    readonly generateName?: unknown;
    readonly namespace?: unknown;
  } | null;
  readonly items?: unknown;
}

/** The fields that are read of a bootstrap token. */
const TOKEN = fields({
  metadata: fields({
    annotations: optional(record(text)),
    labels: optional(record(text)),
  }),
  stringData: optional(record(text)),
}) as Shape<object>;

/** Kinds that others need are applied first, and kinds that could block requests for others are applied last. */
const ORDER: readonly (readonly string[])[] = [
  ["Namespace", "CustomResourceDefinition"],
  [], // all other kinds
  ["Deployment", "DaemonSet", "StatefulSet", "ReplicaSet"],
  ["Job", "CronJob", "Pod"],
  ["APIService"],
  ["ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"],
];

function placeOf({ kind }: ApiObject): number {
  const place = ORDER.findIndex((kinds) => kinds.includes(kind));
  return place < 0 ? ORDER.findIndex((kinds) => kinds.length === 0) : place;
}

/** All objects of the files, in the order in which they are applied. Objects of one step do not need each other. */
export function stepsOf(files: readonly ObjectsFile[]): Document[][] {
  const seen = new Map<string, string>();
  return files.flatMap(({ file, objects }) => {
    const documents = objects
      .flatMap(itemsOf)
      .map((object) => documentOf(object, file, seen));
    return ORDER.map((_, place) =>
      documents.filter(({ object }) => placeOf(object) === place),
    ).filter((step) => step.length > 0);
  });
}

/** The objects in a document: the items of a List, the object itself, or nothing if the document is empty. */
function itemsOf(document: unknown): readonly unknown[] {
  if (document === null || document === undefined) return [];
  const { kind, items } = document as Written;
  return kind === "List" ? [items ?? []].flat() : [document];
}

const isText = (value: unknown): value is string =>
  typeof value === "string" && value !== "";

function documentOf(
  document: unknown,
  file: string,
  seen: Map<string, string>,
): Document {
  const written = (document ?? {}) as Written;
  const { apiVersion, kind, metadata } = written;
  const { name, namespace } = metadata ?? {};
  if (!isText(apiVersion)) throw incompleteObject(file, "apiVersion");
  if (!isText(kind)) throw incompleteObject(file, "kind");
  // Only what is read here is checked; the API server checks everything else.
  const object = written as ApiObject;
  const check = (shape: Shape<object>) =>
    expecting(
      () => shape(object),
      (problem) => unusableObject(file, kind, problem),
    );
  if (isToken(written)) {
    check(TOKEN);
    const fingerprint = fingerprintOf(object, seen);
    return { kind: "token", file, object, fingerprint };
  }
  if (name === undefined || name === null || name === "")
    throw incompleteObject(file, "metadata.name");
  for (const [field, given] of Object.entries({ name, namespace }))
    if (given !== undefined && !isPathSegment(given))
      throw invalidObjectName(file, `metadata.${field}`, given);
  const objectName = { apiVersion, kind, namespace, name } as ObjectName;
  const other = seen.get(identityOf(objectName));
  if (other) throw objectTwice(titleOf(objectName), file, other);
  seen.set(identityOf(objectName), file);
  if (kind !== "Node" || apiVersion !== "v1")
    return { kind: "object", file, object, name: objectName };
  check(NODE_OBJECT);
  return { kind: "node", file, object };
}

/** Whether Kubernetes accepts a name. With a slash, its entry in the inventory would name another object. */
const isPathSegment = (name: unknown): boolean =>
  typeof name === "string" && !/^\.\.?$|[/%]/.test(name);

const isToken = ({ kind, type, metadata }: Written): boolean =>
  kind === "Secret" &&
  type === "bootstrap.kubernetes.io/token" &&
  metadata?.name === undefined &&
  metadata?.generateName !== undefined;

/** The hash of a token's description. If several tokens have the same description, a number is added. */
function fingerprintOf(object: ApiObject, seen: Map<string, string>): string {
  const text = JSON.stringify(object, (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort())
      : value,
  );
  const hash = sha256(text).slice(0, 16);
  for (let count = 1; ; count++) {
    const fingerprint = count === 1 ? hash : `${hash}-${count}`;
    if (!seen.has(fingerprint)) {
      seen.set(fingerprint, "");
      return fingerprint;
    }
  }
}
