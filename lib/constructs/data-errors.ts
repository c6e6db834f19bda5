import { didYouMean } from "../catalog/similar-name";
import { error } from "./errors";

/**
 * Errors about data in Kubernetes' own formats. `path` is the place of a field, with what it is in:
 * `kubelet.config.maxPods`, `kubeadm configuration: ClusterConfiguration.dns`.
 */

/** More fields than people read. */
const MANY = 40;

export function unknownField(
  path: string,
  fields: readonly string[],
  version: string,
) {
  const name = path.slice(path.lastIndexOf(".") + 1);
  return error(
    `${path} is not a field in Kubernetes ${version}.`,
    fields.length > MANY
      ? "Allowed are the fields that the reference of its kind lists."
      : `Allowed here: ${fields.join(", ")}.`,
    didYouMean(name, fields) ?? "Correct its name or remove it.",
  );
}

export const wrongType = (path: string, given: string, allowed: string) =>
  error(
    `${path} is ${given}.`,
    `Allowed is ${allowed}.`,
    allowed.includes("string") && /number|boolean/.test(given)
      ? "Put it in quotes."
      : "Correct it.",
  );

export const wrongValue = (path: string, given: unknown, allowed: string) =>
  error(
    `${path} is ${JSON.stringify(given)}.`,
    `Allowed is ${allowed}.`,
    "Correct it, or the component does not start.",
  );

export const notData = (where: string, problem: string) =>
  error(
    `${where.length > 120 ? `${where.slice(0, 120)}…` : where} is ${problem}.`,
    "Allowed are the values of JSON (strings, finite numbers, true, false, null, lists and plain objects of them), and tokens.",
    "Convert it to one of these: bytes to a base64 string, a Map with Object.fromEntries(map), for example.",
  );
