import { didYouMean } from "../../catalog/similar-name";
import { error, show } from "../errors";

/** Errors about `admission`. Each says what was given, what is allowed, and what to do. */

export const unknownPlugin = (
  where: string,
  given: string,
  version: string,
  known: readonly string[],
) =>
  error(
    `${where} has ${show(given)}, which is not an admission plugin of Kubernetes ${version}.`,
    `Allowed: ${known.join(", ")}.`,
    didYouMean(given, known) ?? "Choose one of them.",
  );

export const addedAndRemoved = (name: string) =>
  error(
    `admission adds and removes the plugin ${name}.`,
    "Allowed is one of them.",
    "Remove it from one of the lists.",
  );

export const configuredAndRemoved = () =>
  error(
    "admission.podSecurity configures the plugin PodSecurity, which admission.remove disables.",
    "Allowed is one of them.",
    "Leave it out of remove.",
  );

export const pluginsTwice = (flag: string) =>
  error(
    `admission and apiServer.extraArgs[${show(flag)}] choose admission plugins.`,
    "Allowed is one of them.",
    `Remove ${show(flag)} from extraArgs, and write the plugins into admission.`,
  );

export const wrongStandardVersion = (where: string, given: string) =>
  error(
    `${where} is ${show(given)}.`,
    "Allowed is latest, or a minor version such as v1.36.",
    'Write "latest", for example.',
  );

export const wrongExemption = (where: string, given: string) =>
  error(
    `${where} is ${show(given)}.`,
    "Allowed is a name as a literal; of namespaces and runtime classes, in lower case letters, digits and -.",
    "Correct the name, or remove it.",
  );

export const repeatedExemption = (where: string, given: string) =>
  error(
    `${where} has ${show(given)} twice, so API servers do not start.`,
    "Allowed is each name once.",
    "Remove one of them.",
  );

export const noEventLimits = () =>
  error(
    "admission.eventRateLimit is an empty list.",
    "Allowed is at least one limit.",
    'Write [{ type: "Namespace", qps: 50, burst: 100 }], for example.',
  );

export const wrongEventNumber = (where: string, given: number, least: number) =>
  error(
    `${where} is ${show(given)}.`,
    `Allowed is a whole number of ${least} or more, and less than 2^31.`,
    "Correct the number.",
  );
