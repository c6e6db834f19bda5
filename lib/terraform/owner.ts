import { WORKSPACE } from "../catalog/paths";
import type { StoreFolder } from "./store-folder";
import { code, CURRENT_WORKSPACE, quote } from "./expression";
import { textTemplate } from "./template";

/**
 * Conditions that fail a plan if the store belongs to another workspace or another stack, because then it holds another
 * cluster. The agent refuses this, too. A store without a recorded workspace belongs to `default`: earlier versions of the
 * library did not record it.
 */
export function ownerKept(store: StoreFolder, stack: string) {
  // A condition must refer to something. This is an empty text that is known in every plan.
  const empty = code`substr(terraform.workspace, 0, 0)`;
  const path = quote(store.pathOf("inventory.json"), empty);
  const inventory = code`jsondecode(file(${path}))`;
  const isFree = code`!try(fileexists(${path}), true)`;
  // A value that is not a text, or is empty, matches no workspace. It is shown as JSON, because null in the message would
  // be an error itself.
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
          ` of Terraform, not to ${CURRENT_WORKSPACE}. To work on it, select that workspace. To have another one in this workspace, give each ` +
            `workspace its own store and machines: outputDirectory: "clusters/${WORKSPACE}". If you moved its state to ` +
            `this workspace on purpose, write the workspace's name into ${directory}/inventory.json.`,
        ),
    },
    {
      // An inventory without a stack was edited by hand. It is accepted, and the next rollout writes the stack again.
      condition:
        code`${isFree} || contains([${quote(stack)}, ""], ${owner})`.toString(),
      errorMessage:
        textTemplate(`${directory} belongs to the stack `) +
        owner.toString() +
        textTemplate(
          `, not to ${stack}. Give the store of ${stack} another folder. If ${stack} is the same stack under a ` +
            `new name, write its name into ${directory}/inventory.json.`,
        ),
    },
  ];
}
