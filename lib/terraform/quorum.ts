import type { Store } from "./store";
import { code, type Expression, quote } from "./expression";
import { textTemplate } from "./template";

/**
 * Refuses a plan by which etcd would lose its quorum: of the members that the inventory knows, too many left the list
 * of nodes without having left etcd before. Terraform may delete their machines before anybody can take them out.
 */
export function quorumKept(store: Store, nodes: readonly string[]) {
  // Terraform wants a condition to refer to something: this is nothing, and known in every plan.
  const nothing = code`substr(path.module, 0, 0)`;
  const path = quote(store.pathOf("inventory.json"), nothing);
  const inventory = code`jsondecode(file(${path}))`;
  const isMember = code`try(node.member, false) && !try(node.retired, false)`;
  const isListed = code`contains(${JSON.stringify(nodes)}, name)`;
  const members = names(inventory, isMember);
  const leaving = names(inventory, code`${isMember} && !${isListed}`);
  return {
    // Who stays is more than half of all, or nobody leaves.
    condition:
      code`try(length(${leaving}) == 0 || length(${members}) > 2 * length(${leaving}), true)`.toString(),
    errorMessage:
      textTemplate("etcd would lose its quorum: of its members ") +
      code`try(join(", ", ${members}), "")`.toString() +
      textTemplate(" these are no longer among the nodes: ") +
      code`try(join(", ", ${leaving}), "")`.toString() +
      textTemplate(
        ". Fewer than half may leave at once: list them again with retire: true and apply, " +
          "then take them off the list and delete their machines.",
      ),
  };
}

const names = (inventory: Expression, condition: Expression): Expression =>
  code`[for name, node in ${inventory}.nodes : name if ${condition}]`;
