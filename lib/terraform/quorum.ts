import { code, type Expression, hasToken } from "./expression";
import { IS_SAME_MACHINE, machinesNow, type NamedMachine } from "./facts-kept";
import { inventoryOf } from "./recorded";
import type { Store } from "./store";
import { textTemplate } from "./template";

/**
 * A condition that fails a plan if etcd would lose its quorum, because too many members of the inventory are no longer in
 * the list of nodes and were not retired before. Terraform may delete their machines before a rollout can remove the
 * members. A member that only has another name now does not leave, as far as its address is a literal.
 */
export function quorumKept(store: Store, nodes: readonly NamedMachine[]) {
  const inventory = inventoryOf(store);
  const isMember = code`try(node.member, false) && !try(node.retired, false)`;
  const literal = nodes.filter((node) => !hasToken(node));
  const isRenamed = code`try(anytrue([for now in ${machinesNow(literal)} : ${IS_SAME_MACHINE}]), false)`;
  const isListed = code`(contains(${JSON.stringify(nodes.map((node) => node.name))}, name) || ${isRenamed})`;
  const members = names(inventory, isMember);
  const leaving = names(inventory, code`${isMember} && !${isListed}`);
  return {
    // Either no member leaves, or more than half of all members stay.
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
