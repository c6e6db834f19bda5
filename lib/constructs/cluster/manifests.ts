import { toYaml, toYamlDocuments } from "../../render/yaml";
import { hasToken } from "../../terraform/expression";
import { yamlTemplate } from "../../terraform/template";
import type { Construct } from "constructs";
import { requireData } from "../data";
import { fileReference } from "../files";
import type { ManifestsProps } from "../site/manifests-props";
import * as errors from "./manifest-errors";

/** The kind and the spec of the artefact for these manifests. */
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
  const spec = yamlTemplate(withoutUndefined(objects), (all) =>
    toYamlDocuments(all as unknown[]),
  );
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

/** Removes fields that are `undefined`. Anything but a list or a plain object, such as a token, stays as it is. */
function withoutUndefined<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withoutUndefined) as T;
  if (
    value === null ||
    typeof value !== "object" ||
    Object.getPrototypeOf(value) !== Object.prototype
  )
    return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .map(([key, each]) => [key, withoutUndefined(each as unknown)]),
  ) as T;
}
