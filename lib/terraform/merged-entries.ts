import type { Store } from "./store";
import { code, type Expression, quote } from "./expression";

/**
 * Whether a kubeconfig elsewhere has all entries of the one in the store, whatever others added to them and to it. A plan
 * reads both and keeps neither. Which namespace a context is in people choose as they work.
 */
export function entriesKept(
  store: Store,
  kubeconfig: string,
  path: string,
): Expression {
  const ours = code`yamldecode(file(${quote(store.pathOf(kubeconfig))}))`;
  const theirs = code`yamldecode(file(pathexpand(${quote(path)})))`;
  const lists = code`{ clusters = "cluster", contexts = "context", users = "user" }`;
  const entry = code`[for t in theirs[list] : t[key] if t.name == o.name][0]`;
  const field = code`(list == "contexts" && f == "namespace") || try(${entry}[f] == v, false)`;
  const fields = code`[for f, v in o[key] : ${field}]`;
  const entries = code`[for list, key in ${lists} : [for o in ours[list] : ${fields}]]`;
  // Each file is read once.
  return code`alltrue(flatten([for ours in [${ours}] : [for theirs in [${theirs}] : ${entries}]]))`;
}
