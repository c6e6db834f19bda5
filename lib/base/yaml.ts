import { loadAll, parseEvents, YAMLException } from "js-yaml";
import { KUBERNETES_SCHEMA } from "../render/kubernetes-yaml";
import { LIMITS, shownBytes } from "./limits";
import { Mismatch, type Shape } from "./shape";

/** No aliases, because with them a small text can become a huge value. `toYaml` of lib/render writes none. */
const OPTIONS = {
  schema: KUBERNETES_SCHEMA,
  maxAliases: 0,
  maxDepth: LIMITS.depth,
};

/** Parsed texts: a spec is read more than once, and parsing is half of the work on it. */
const parsed = new Map<string, readonly unknown[]>();

/**
 * Reads YAML that `toYaml` of lib/render wrote or that users supply for Kubernetes, as Kubernetes does: a date is a
 * string. Callers must not change the result, because it is cached.
 */
export function fromYamlDocuments(text: string): readonly unknown[] {
  const documents = parsed.get(text) ?? loadAll(text, OPTIONS);
  parsed.set(text, documents);
  return documents;
}

/** Like {@link fromYamlDocuments}, for the first document. */
export function fromYaml(text: string): unknown {
  return fromYamlDocuments(text)[0];
}

/** Reads the first document of a text from outside, such as a file of a host. It is not cached. */
export function readYaml<T>(text: string | Buffer, shape: Shape<T>): T {
  let documents: unknown[];
  try {
    documents = loadAll(text.toString(), OPTIONS);
  } catch (error) {
    // Only the reason: the whole message would quote the text.
    if (error instanceof YAMLException)
      throw new Mismatch(`it is not plain YAML (${error.reason})`);
    throw error;
  }
  return shape(documents[0]);
}

/**
 * Why a user's YAML is too big to be edited; `undefined` if it is not. The parser for editing, which keeps positions and
 * comments, can take minutes for a text made for that purpose. Aliases are allowed.
 */
export function sizeProblem(text: string): string | undefined {
  if (text.length > LIMITS.kubeconfig)
    return `it has more than ${shownBytes(LIMITS.kubeconfig)}`;
  try {
    const events = parseEvents(text, { maxDepth: LIMITS.depth });
    const marks = events.filter(
      (event) => "anchorStart" in event && event.anchorStart >= 0,
    );
    if (events.length > LIMITS.yamlNodes)
      return `it holds more than ${LIMITS.yamlNodes} values`;
    return marks.length > LIMITS.aliases
      ? `it has more than ${LIMITS.aliases} anchors and aliases`
      : undefined;
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    // The parser for editing reports all other errors.
    return /maxDepth/.test(error.reason)
      ? `it nests deeper than ${LIMITS.depth} levels`
      : undefined;
  }
}
