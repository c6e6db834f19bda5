import { WORKSPACE } from "../catalog/paths";
import type { StoreFolder } from "./store-folder";
import { code, CURRENT_WORKSPACE, quote } from "./expression";
import { textTemplate } from "./template";

/**
 * Refuses a plan over a store that another workspace or another stack has claimed, as the agent does: its cluster is not
 * the one that is meant. Stores that were claimed before workspaces were kept belong to `default`.
 */
export function ownerKept(store: StoreFolder, stack: string) {
  // Terraform wants each condition to refer to something: this is nothing, and known in every plan.
  const nothing = code`substr(terraform.workspace, 0, 0)`;
  const path = quote(store.pathOf("inventory.json"), nothing);
  const inventory = code`jsondecode(file(${path}))`;
  const isFree = code`!try(fileexists(${path}), true)`;
  // What is no text, or an empty one, belongs to nobody and is shown as it is: null in the message would be an error itself.
  const named = code`${inventory}.workspace`;
  const workspace = code`try(coalesce(tostring(${named})), jsonencode(${named}), "default")`;
  const owner = code`try(coalesce(tostring(${inventory}.stack)), "")`;
  const { directory } = store;
  return [
    {
      condition:
        code`${isFree} || ${workspace} == terraform.workspace`.toString(),
      errorMessage:
        textTemplate(`${directory} belongs to the workspace `) +
        workspace.toString() +
        textTemplate(
          ` of Terraform, not to ${CURRENT_WORKSPACE}. To work on its cluster, select that workspace. To have another cluster in this one, give each workspace a ` +
            `store and machines of its own: outputDirectory: "clusters/${WORKSPACE}". If the state of this cluster was ` +
            `moved to this workspace on purpose, write the workspace's name into ${directory}/inventory.json.`,
        ),
    },
    {
      // A hand broke it where no stack is named: the next rollout writes it anew.
      condition:
        code`${isFree} || contains([${quote(stack)}, ""], ${owner})`.toString(),
      errorMessage:
        textTemplate(`${directory} belongs to the stack `) +
        owner.toString() +
        textTemplate(
          `, not to ${stack}. Give this cluster another name or outputDirectory. If ${stack} is the same stack under a ` +
            `new name, write its name into ${directory}/inventory.json.`,
        ),
    },
  ];
}
