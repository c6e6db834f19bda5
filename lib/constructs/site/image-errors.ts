import { error, show } from "../errors";

/** What is most often wrong with the name of a repository, and what to write instead. */
const REMEDIES: readonly (readonly [RegExp, string])[] = [
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
    REMEDIES.find(([pattern]) => pattern.test(given))?.[1] ?? "Correct it.",
  );

export const invalidImageTag = (prop: string, given: string) =>
  error(
    `${prop} ${show(given)} is not a tag of an image.`,
    "Allowed are letters, digits, _ . and -, at most 128 characters, a letter, digit or _ first.",
    "Correct it.",
  );
