import { YAMLException } from "js-yaml";
import { readKubernetesYaml } from "../../render/kubernetes-yaml";
import { notYaml } from "./errors";

/** Reads the documents of a text and drops empty ones. */
export function readYaml(text: string): unknown[] {
  try {
    return readKubernetesYaml(text);
  } catch (error) {
    // The original message quotes the surrounding lines, which may contain a token.
    if (error instanceof YAMLException)
      throw notYaml(error.reason, error.mark && error.mark.line + 1);
    throw error;
  }
}
