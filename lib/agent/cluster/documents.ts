import { incompleteObject, invalidObjectName, objectTwice } from "./errors";
import { sha256 } from "../../base/files";
import type { ApiObject, ObjectName } from "./api-object";
import { identityOf, titleOf } from "./applied";

/** A file of the store with objects of the cluster. */
export interface ObjectsFile {
  readonly file: string;
  readonly objects: readonly object[];
}

interface Described {
  readonly file: string;
  readonly object: ApiObject;
}

/** An object as it is described, by what is to be done with it. */
export type Document =
  | (Described & { readonly kind: "object"; readonly name: ObjectName })
  | (Described & { readonly kind: "node" })
  | (Described & { readonly kind: "token"; readonly fingerprint: string });

/** As a file has it: of a bootstrap token the name isn't known yet. */
interface Written {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly type?: string;
  readonly metadata?: {
    readonly name?: string;
    readonly generateName?: string;
    readonly namespace?: string;
  } | null;
  readonly items?: readonly Written[];
}

/** What others need comes before them, and what could keep others out comes after them. */
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

/** All objects of the files, in the order in which they are applied; those of one step do not need each other. */
export function stepsOf(files: readonly ObjectsFile[]): Document[][] {
  const seen = new Map<string, string>();
  return files.flatMap(({ file, objects }) => {
    const documents = objects
      .flatMap((object) => itemsOf(object as Written))
      .map((object) => documentOf(object, file, seen));
    return ORDER.map((_, place) =>
      documents.filter(({ object }) => placeOf(object) === place),
    ).filter((step) => step.length > 0);
  });
}

/** An empty document is none. */
const itemsOf = (object: Written | null): readonly Written[] =>
  object?.kind === "List" ? (object.items ?? []) : object ? [object] : [];

function documentOf(
  written: Written,
  file: string,
  seen: Map<string, string>,
): Document {
  const { apiVersion, kind, metadata } = written;
  const { name, namespace } = metadata ?? {};
  if (!apiVersion) throw incompleteObject(file, "apiVersion");
  if (!kind) throw incompleteObject(file, "kind");
  // The name is checked here; the rest of it is the API server's business.
  const object = written as ApiObject;
  if (isToken(written)) {
    const fingerprint = fingerprintOf(object, seen);
    return { kind: "token", file, object, fingerprint };
  }
  if (!name) throw incompleteObject(file, "metadata.name");
  for (const [field, given] of Object.entries({ name, namespace }))
    if (given !== undefined && !isPathSegment(given))
      throw invalidObjectName(file, `metadata.${field}`, given);
  const objectName = { apiVersion, kind, namespace, name };
  const other = seen.get(identityOf(objectName));
  if (other) throw objectTwice(titleOf(objectName), file, other);
  seen.set(identityOf(objectName), file);
  return kind === "Node" && apiVersion === "v1"
    ? { kind: "node", file, object }
    : { kind: "object", file, object, name: objectName };
}

/** As Kubernetes takes names. With a slash in it, one would be read back as the name of another object. */
const isPathSegment = (name: unknown): boolean =>
  typeof name === "string" && !/^\.\.?$|[/%]/.test(name);

const isToken = ({ kind, type, metadata }: Written): boolean =>
  kind === "Secret" &&
  type === "bootstrap.kubernetes.io/token" &&
  metadata?.name === undefined &&
  metadata?.generateName !== undefined;

/** Of what a token is made from; the same for the same text, counted where there are several of it. */
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
