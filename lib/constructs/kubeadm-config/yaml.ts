import { YAMLException } from "js-yaml";
import { readKubernetesYaml } from "../../render/kubernetes-yaml";
import { notYaml, unrenderedTemplate } from "./errors";

/** The documents of a text, the empty ones left out. */
export function readYaml(text: string): unknown[] {
  try {
    return readKubernetesYaml(text);
  } catch (error) {
    // The message would quote the lines around the place, a token perhaps.
    if (error instanceof YAMLException) {
      const template = text
        .split("\n")
        .findIndex((line) => /\{\{|\{%/.test(line));
      if (template >= 0) throw unrenderedTemplate(template + 1);
      throw notYaml(error.reason, error.mark && error.mark.line + 1);
    }
    throw error;
  }
}
