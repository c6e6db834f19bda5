import { didYouMean } from "../catalog/similar-name";
import { error } from "./errors";

/**
 * Errors about fields of a configuration of Kubernetes' own. `path` is the place of the field, with what it is in:
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
