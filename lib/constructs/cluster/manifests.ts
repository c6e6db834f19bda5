import { toYaml, toYamlDocuments } from "../../render/yaml";
import { hasToken } from "../../terraform/expression";
import { yamlTemplate } from "../../terraform/template";
import type { Construct } from "constructs";
import { requireData } from "../data";
import { fileReference } from "../files";
import * as errors from "../manifest-errors";

/** Objects of the cluster's API: either `objects` or `file`. */
export interface ManifestsProps {
  /**
   * The objects, with tokens at any depth. Public: plan and state show them. Each has `apiVersion`, `kind` and
   * `metadata.name`.
   * @default - those of `file`
   */
  readonly objects?: readonly Readonly<Record<string, unknown>>[];

  /**
   * A file with YAML documents on this machine, relative to the working directory. Terraform sees its path and its
   * hash; it is read at apply.
   * @default - `objects`
   */
  readonly file?: string;
}

/** What an artefact needs to know of manifests. */
export function manifestSpec(
  scope: Construct,
  id: string,
  { objects, file }: ManifestsProps,
): { readonly kind: "file" | "objects"; readonly spec: string } {
  if (file !== undefined && objects === undefined)
    return {
      kind: "file",
      spec: yamlTemplate(fileReference(scope, file), toYaml),
    };
  if (file !== undefined || !objects?.length) throw errors.invalidManifests(id);
  objects.forEach((object, at) => {
    requireData(`The manifests "${id}": objects[${at}]`, object);
    validateObject(id, object, at);
  });
  const spec = yamlTemplate(said(objects), (all) =>
    toYamlDocuments(all as unknown[]),
  );
  // Linux limits one variable of a process's environment to 128 KiB.
  const bytes = Buffer.byteLength(JSON.stringify(spec));
  if (bytes > 100_000) throw errors.manifestsTooLong(id, bytes);
  return { kind: "objects", spec };
}

function validateObject(
  id: string,
  object: Readonly<Record<string, unknown>>,
  at: number,
): void {
  const { kind, apiVersion, metadata } = object;
  const name = (metadata as { readonly name?: unknown } | undefined)?.name;
  for (const [field, value] of Object.entries({
    apiVersion,
    kind,
    "metadata.name": name,
  })) {
    if (typeof value !== "string" || value === "")
      throw errors.incompleteObject(id, at, field);
  }
  if (Array.isArray(object.items) && String(kind).endsWith("List"))
    throw errors.listOfObjects(id, String(kind));
  const isSecret = kind === "Secret" || hasToken(kind);
  if (isSecret && (object.data ?? object.stringData) !== undefined)
    throw errors.inlineSecret(id, String(name));
}

/** Without fields that are `undefined`; what is no plain value, a token, stays as it is. */
function said<T>(value: T): T {
  if (Array.isArray(value)) return value.map(said) as T;
  if (
    value === null ||
    typeof value !== "object" ||
    Object.getPrototypeOf(value) !== Object.prototype
  )
    return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .map(([key, each]) => [key, said(each as unknown)]),
  ) as T;
}
