import { code, type Expression, quote } from "./expression";
import type { Store } from "./store";

/** The text of a file of the store, at plan. It fails where there is no such file. */
export function textOfFile(store: Store, path: string): Expression {
  // A condition must refer to something. This is an empty text that is known in every plan.
  const empty = code`substr(path.module, 0, 0)`;
  return code`file(${quote(store.pathOf(path), empty)})`;
}

/** What rollouts recorded in the store. It fails before the first one. */
export const inventoryOf = (store: Store): Expression =>
  code`jsondecode(${textOfFile(store, "inventory.json")})`;

/** Whether `node`, of the inventory, belongs to the cluster, and a rollout has set it up if it is on a host. */
export const IS_SET_UP = code`!try(node.retired, false) && (node.access.kind == "directory" || try(node.tree, "") != "")`;
