import { error, show } from "../errors";

/** Errors about Kubernetes objects. Each says what was given, what is allowed, and what to do. */

export const duplicateManifests = (
  given: string,
  reserved: readonly string[],
) =>
  error(
    `Manifests named ${show(given)} exist already.`,
    `Allowed is a name that no other manifests have, and that is not one of the cluster's own: ${reserved.join(", ")}.`,
    "Choose another name.",
  );

export const invalidManifests = (id: string) =>
  error(
    `The manifests ${show(id)} have both objects and file, or neither, or no objects.`,
    "Allowed is either a list of objects or the path of a file.",
    "Set one and omit the other.",
  );

export const incompleteObject = (id: string, at: number, field: string) =>
  error(
    `Object ${at + 1} of the manifests ${show(id)} has no ${field}.`,
    "Allowed are single Kubernetes objects with apiVersion, kind and metadata.name.",
    'Write { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "example" } }, for example.',
  );

export const inlineSecret = (id: string, name: string) =>
  error(
    `The manifests ${show(id)} contain the data of the Secret ${show(name)}, which plan and state would show.`,
    "Allowed is a Secret in a file, which the agent reads at apply.",
    "Write it to a file outside version control and set file to its path.",
  );

export const listOfObjects = (id: string, kind: string) =>
  error(
    `The manifests ${show(id)} contain a ${kind}.`,
    "Allowed are single Kubernetes objects.",
    "List its items one by one.",
  );
