import { YAMLException } from "js-yaml";
import { readKubernetesYaml } from "../../render/kubernetes-yaml";
import { notYaml, unrenderedTemplate } from "./errors";

/** Reads the documents of a text and drops empty ones. */
export function readYaml(text: string): unknown[] {
  try {
    return readKubernetesYaml(text);
  } catch (error) {
    // The original message quotes the surrounding lines, which may contain a token.
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
