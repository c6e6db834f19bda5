import { didYouMean } from "../../catalog/similar-name";
import { error, show } from "../errors";

/** Errors about images, and about what is added to a component's pod. `where` is the prop, such as `apiServer.extraVolumes`. */

/** @see https://kubernetes.io/docs/concepts/storage/volumes/#hostpath-volume-types */
export const VOLUME_TYPES: readonly string[] = [
  "",
  "DirectoryOrCreate",
  "Directory",
  "FileOrCreate",
  "File",
  "Socket",
  "CharDevice",
  "BlockDevice",
];

/** @see https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#environment-variables */
export const VARIABLE_SOURCES: readonly string[] = [
  "fieldRef",
  "resourceFieldRef",
  "configMapKeyRef",
  "secretKeyRef",
  "fileKeyRef",
];

export const invalidVariableSource = (
  where: string,
  name: string,
  given: string,
) =>
  error(
    `${where}: valueFrom of ${show(name)} has ${given}.`,
    `Allowed is one of ${VARIABLE_SOURCES.join(", ")}.`,
    didYouMean(given, VARIABLE_SOURCES) ?? "Choose one of them.",
  );

export const invalidVolumeName = (where: string, given: string) =>
  error(
    `${where} has a volume with the name ${show(given)}.`,
    "Allowed are lower case letters, digits and -, a letter or digit at both ends, at most 63 characters.",
    "Choose another name; it must be a literal, not a token.",
  );

export const duplicateVolume = (where: string, name: string) =>
  error(
    `${where} has the volume ${show(name)} twice.`,
    "Allowed is one volume of each name.",
    "Choose another name.",
  );

export const invalidVolumePath = (
  where: string,
  name: string,
  field: string,
  given: string,
) =>
  error(
    `${where}: ${field} of ${show(name)} is ${show(given)}.`,
    `Allowed is an absolute path without ..${field === "mountPath" ? " and without :" : " in it"}.`,
    'Write "/etc/kubernetes/audit", for example.',
  );

export const duplicateMountPath = (where: string, name: string, path: string) =>
  error(
    `${where} mounts ${show(name)} at ${path}, where another volume of the pod is mounted.`,
    "Allowed is one volume at each path; some are the component's own.",
    "Choose another mountPath.",
  );

export const invalidVolumeType = (where: string, name: string, given: string) =>
  error(
    `${where}: pathType of ${show(name)} is ${show(given)}.`,
    `Allowed are ${VOLUME_TYPES.filter(Boolean).join(", ")}.`,
    "Choose one of them, or leave it out.",
  );

export const invalidVariableName = (where: string, given: string) =>
  error(
    `${where} has a variable with the name ${show(given)}.`,
    "Allowed is any printable ASCII text without =, at least one character.",
    "Correct the name.",
  );

export const variableWithTwoValues = (where: string, name: string) =>
  error(
    `${where} gives ${show(name)} a value and a valueFrom.`,
    "Allowed is one of them.",
    "Remove the other.",
  );

/** What is most often wrong with the name of a repository, and what to write instead. */
const REPOSITORY_REMEDIES: readonly (readonly [RegExp, string])[] = [
  [/^[a-z]+:\/\//i, "Leave out the scheme, such as https://."],
  [/\/$/, "Remove the slash at the end."],
  [/\/\//, "Remove one of the two slashes."],
  [/@/, "Leave out the digest; each image has one of its own."],
  [/:[^/]*$/, "Leave out the tag: the version decides it."],
  [/[A-Z]/, "Write it in lower case."],
];

export const invalidImageRepository = (prop: string, given: string) =>
  error(
    `${prop} ${show(given)} is not a repository of images.`,
    "Allowed is a registry and a path in lower case, such as registry.example.org:5000/k8s, without scheme, tag and digest.",
    REPOSITORY_REMEDIES.find(([pattern]) => pattern.test(given))?.[1] ??
      "Correct it.",
  );

export const invalidImageTag = (prop: string, given: string) =>
  error(
    `${prop} ${show(given)} is not a tag of an image.`,
    "Allowed are letters, digits, _ . and -, at most 128 characters, a letter, digit or _ first.",
    "Correct it.",
  );
