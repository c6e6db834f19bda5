import { loadAll, parseEvents, YAMLException } from "js-yaml";
import { KUBERNETES_SCHEMA } from "../render/kubernetes-yaml";
import { LIMITS, shownBytes } from "./limits";
import { Mismatch, type Shape } from "./shape";

/** What `toYaml` of lib/render writes has neither: an alias is how a small text becomes a large one. */
const OPTIONS = {
  schema: KUBERNETES_SCHEMA,
  maxAliases: 0,
  maxDepth: LIMITS.depth,
};

/** What was read already: a spec is looked at more than once, and reading it is half of the work on it. */
const known = new Map<string, readonly unknown[]>();

/**
 * Reads what `toYaml` of lib/render writes, and what users bring for Kubernetes, as Kubernetes does: a date is a text. Not
 * to be changed: others are given it too.
 */
export function fromYamlDocuments(text: string): readonly unknown[] {
  const documents = known.get(text) ?? loadAll(text, OPTIONS);
  known.set(text, documents);
  return documents;
}

/** As {@link fromYamlDocuments}, of one document. */
export function fromYaml(text: string): unknown {
  return fromYamlDocuments(text)[0];
}

/** The first document of a text from outside: a host's file, or one that others write. Nothing of it is kept. */
export function readYaml<T>(text: string | Buffer, shape: Shape<T>): T {
  let documents: unknown[];
  try {
    documents = loadAll(text.toString(), OPTIONS);
  } catch (error) {
    // The whole message would quote what stands there.
    if (error instanceof YAMLException)
      throw new Mismatch(`it is not plain YAML (${error.reason})`);
    throw error;
  }
  return shape(documents[0]);
}

/**
 * Why a text that people wrote is not even parsed as one that is edited: what does that keeps places and comments, and
 * takes minutes where somebody means it to. Aliases are allowed. `undefined` where nothing is too much.
 */
export function whyTooMuch(text: string): string | undefined {
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
    // What is wrong otherwise is said by whoever edits it.
    return /maxDepth/.test(error.reason)
      ? `it nests deeper than ${LIMITS.depth} levels`
      : undefined;
  }
}
