import { YAMLException } from "js-yaml";
import { readKubernetesYaml } from "../../render/kubernetes-yaml";
import { notYaml } from "./errors";

/** The documents of a text, the empty ones left out. */
export function readYaml(text: string): unknown[] {
  try {
    return readKubernetesYaml(text);
  } catch (error) {
    // The message would quote the lines around the place, a token perhaps.
    if (error instanceof YAMLException)
      throw notYaml(error.reason, error.mark && error.mark.line + 1);
    throw error;
  }
}
