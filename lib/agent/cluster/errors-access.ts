import { lines } from "../../base/errors";

/** Errors about access to the API servers. */

export const namespaceMissing = (
  file: string,
  object: string,
  namespace: string,
) =>
  lines(
    `${object}, in ${file}, is for the namespace ${namespace}, which does not exist in the cluster.`,
    `Create it with addManifests, { apiVersion: "v1", kind: "Namespace", metadata: { name: "${namespace}" } }, or correct its name, and apply again. Manifests are applied before the rights of users.`,
  );

export const accountMissing = (namespace: string, name: string) =>
  lines(
    `There is no service account ${name} in the namespace ${namespace}, so no token can be made for it.`,
    `Leave out create: false, so that the apply creates it, or create it yourself (kubectl create serviceaccount ${name} --namespace ${namespace}). Then apply again; finished steps are not repeated.`,
  );

export const accountNamespaceMissing = (namespace: string, name: string) =>
  lines(
    `There is no namespace ${namespace} in the cluster, so no token can be made for the service account ${name} in it.`,
    `Create it with addManifests, { apiVersion: "v1", kind: "Namespace", metadata: { name: "${namespace}" } }, or correct its name, and apply again. Finished steps are not repeated.`,
  );

export const secretUnfilled = (
  namespace: string,
  secret: string,
  waited: string,
) =>
  lines(
    `The Secret ${namespace}/${secret} has no token after ${waited}.`,
    "A controller manager writes the token: check that one runs, then apply again. Or leave out longLived: a token that expires needs no Secret.",
  );

/** A line of progress, because the next deploy need not do anything about it. */
export const unfilledRole = (role: string, isFilling: boolean): string =>
  isFilling
    ? `cluster objects: the ClusterRole ${role} still lacks rules that the controller manager adds, so users who have it are refused. Check kube-controller-manager`
    : `cluster objects: the ClusterRole ${role} lacks rules, so users who have it are refused: a controller manager adds them, and the program has none`;

export const nothingReached = (what: string) =>
  lines(
    `${what} is made by the cluster's API servers, but the store knows no control-plane node on a host.`,
    "Apply everything, without -target: the cluster has to be deployed first.",
  );

export const noApiServer = (reasons: readonly string[]) =>
  lines(
    "No API server of the control plane answers:",
    ...reasons.map((reason) => `  ${reason}`),
    "Deploy the control plane first, or find out more with `cdktf-control-plane check`.",
  );
