import { error, show } from "./errors";

/** Errors about objects of the cluster's API: what was given, what is allowed, what to do. */

export const duplicateManifests = (
  given: string,
  reserved: readonly string[],
) =>
  error(
    `There are objects ${show(given)} already.`,
    `Allowed is any other name than those of manifests added before and the cluster's own: ${reserved.join(", ")}.`,
    "Choose another one.",
  );

export const invalidManifests = (id: string) =>
  error(
    `The manifests ${show(id)} have both objects and file, or neither, or no objects.`,
    "Allowed is either a list of objects or the path of a file.",
    "Give the one and leave out the other.",
  );

export const incompleteObject = (id: string, at: number, field: string) =>
  error(
    `Object ${at + 1} of the manifests ${show(id)} has no ${field}.`,
    "Allowed are single objects of Kubernetes' API with apiVersion, kind and metadata.name.",
    'Write { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "example" } }, for example.',
  );

export const noData = (where: string, wrong: string) =>
  error(
    `${where.length > 120 ? `${where.slice(0, 120)}…` : where} is ${wrong}.`,
    "Allowed is what JSON can hold: texts, finite numbers, true, false, null, lists and plain objects of them, and tokens.",
    "Write it as one of these: bytes as a text in base64, a Map as Object.fromEntries(map), for example.",
  );

export const inlineSecret = (id: string, name: string) =>
  error(
    `The manifests ${show(id)} have the data of Secret ${show(name)}, which plan and state would show.`,
    "Allowed is a Secret in a file, which is read at apply.",
    "Write it to a file outside of version control and give its path as file.",
  );

export const manifestsTooLong = (id: string, bytes: number) =>
  error(
    `The objects of the manifests ${show(id)} have ${bytes} bytes.`,
    "Allowed are about 100,000: Linux passes no more to a process at once.",
    "Write them to a file and give its path as file, or add them in parts.",
  );

export const listOfObjects = (id: string, kind: string) =>
  error(
    `The manifests ${show(id)} have a ${kind}.`,
    "Allowed are single objects of Kubernetes' API.",
    "Give its items, one by one.",
  );
