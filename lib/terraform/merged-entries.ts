import type { Store } from "./store";
import { code, type Expression, quote } from "./expression";

/**
 * Whether the user's own kubeconfig still has all entries of the kubeconfig in the store. Other entries and additional
 * fields do not matter, and neither does a context's namespace, which people change as they work. A plan reads both files,
 * but stores the content of neither.
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
  // The `for` expressions bind both contents to names, so that each file is read only once.
  return code`alltrue(flatten([for ours in [${ours}] : [for theirs in [${theirs}] : ${entries}]]))`;
}
