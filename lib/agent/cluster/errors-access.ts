import { type AgentError, lines } from "../../base/errors";

/** Errors about who reaches the API servers, and how. */
export const namespaceMissing = (
  file: string,
  object: string,
  namespace: string,
): AgentError =>
  lines(
    `${object}, in ${file}, is for the namespace ${namespace}, which the cluster doesn't have.`,
    `Make it with addManifests, { apiVersion: "v1", kind: "Namespace", metadata: { name: "${namespace}" } }, or correct its name, and apply again: manifests are applied before the rights of users.`,
  );

export const accountMissing = (namespace: string, name: string): AgentError =>
  lines(
    `There is no service account ${name} in the namespace ${namespace}, so that no token can be made for it.`,
    `Leave out create: false, so that it is made here, or make it first (kubectl create serviceaccount ${name} --namespace ${namespace}), and apply again. What was made before is kept.`,
  );

export const accountNamespaceMissing = (
  namespace: string,
  name: string,
): AgentError =>
  lines(
    `There is no namespace ${namespace} in the cluster, so that no token can be made for the service account ${name} in it.`,
    `Make it with addManifests, { apiVersion: "v1", kind: "Namespace", metadata: { name: "${namespace}" } }, or correct its name, and apply again. What was made before is kept.`,
  );

export const secretUnfilled = (
  namespace: string,
  secret: string,
  waited: string,
): AgentError =>
  lines(
    `The Secret ${namespace}/${secret} has no token after ${waited}.`,
    "A controller manager fills it: see that one runs, then apply again; or leave out longLived: a token with an end needs none.",
  );

export const nothingReached = (what: string): AgentError =>
  lines(
    `${what} is made by the cluster's API servers, but the store knows no control-plane node that is reached.`,
    "Apply all of it, without -target: the cluster comes first.",
  );

export function noApiServer(reasons: readonly string[]): AgentError {
  return lines(
    "No API server of the control plane answers:",
    ...reasons.map((reason) => `  ${reason}`),
    "Deploy the control plane first, or see `cdktf-control-plane check`.",
  );
}
