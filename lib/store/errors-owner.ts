import { WORKSPACE } from "../catalog/paths";
import { lines } from "../base/errors";

export const storeOfAnotherStack = (
  store: string,
  owner: string,
  stack: string,
) =>
  lines(
    `${store} belongs to the stack ${owner}, not to ${stack}.`,
    `Give this cluster another name or outputDirectory. If ${stack} is the same stack under a new name, write its name into ${store}/inventory.json.`,
  );

export const storeOfAnotherWorkspace = (
  store: string,
  owner: string,
  workspace: string,
) =>
  lines(
    `${store} belongs to the workspace ${owner} of Terraform, not to ${workspace}. Nothing in it was changed.`,
    `To work on its cluster, select that workspace: TF_WORKSPACE=${owner}, or terraform workspace select ${owner}.`,
    `To have another cluster in ${workspace}, give each workspace a store and machines of its own: outputDirectory: "clusters/${WORKSPACE}".`,
    `If the state of this cluster was moved to ${workspace} on purpose, write "workspace": "${workspace}" into ${store}/inventory.json.`,
  );

export const unusableWorkspace = (workspace: string) =>
  lines(
    `The workspace "${workspace}" cannot have a cluster: as part of the path of a store, its name leads to another folder.`,
    "Every other name that Terraform accepts is allowed. Select another workspace.",
  );
