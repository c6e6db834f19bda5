import { loadAll, YAMLException } from "js-yaml";
import { KUBERNETES_SCHEMA } from "../../render/kubernetes-yaml";
import { notYaml } from "./errors";

/** The documents of a text, the empty ones left out. */
export function readYaml(text: string): unknown[] {
  try {
    return loadAll(text, { schema: KUBERNETES_SCHEMA }).filter(
      (document) => document !== null,
    );
  } catch (error) {
    // The message would quote the lines around the place, a token perhaps.
    if (error instanceof YAMLException)
      throw notYaml(error.reason, (error.mark?.line ?? 0) + 1);
    throw error;
  }
}
