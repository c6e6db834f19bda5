import { error, show } from "../errors";

/** Errors about who reaches the API servers, and how: what was given, what is allowed, what to do. */

export const invalidRole = (
  who: string,
  kind: "ClusterRole" | "Role",
  given: string,
) =>
  error(
    `${who} cannot have the ${kind} ${show(given)}.`,
    `Allowed is the literal name of a ${kind}, without / and %.`,
    kind === "Role"
      ? 'Write namespaceRoles: ["deployer"], for example.'
      : 'Write clusterRoles: ["view"], for example.',
  );

export const invalidNamespace = (who: string, given: string) =>
  error(
    `${who} cannot have the namespace ${show(given)}.`,
    "Allowed are lower case letters, digits and - (RFC 1123), a letter or digit at both ends, at most 63 characters.",
    "Choose another name; it must be a literal, not a token.",
  );

export const namespaceMissing = (who: string, prop: string) =>
  error(
    `${who} has ${prop}, but no namespace.`,
    "Allowed are they with the namespace that they are for; clusterRoles are for all of them.",
    'Write namespace: "team", for example.',
  );

export const invalidTokenName = (prop: string, given: string) =>
  error(
    `The ${prop} ${show(given)} of a ServiceAccountToken is not a name that an account can have.`,
    "Allowed are lower case letters, digits, - and . (RFC 1123), a letter or digit at both ends, at most 253 characters.",
    'Write new ServiceAccountToken(stack, "ci", { … }), for example; it must be a literal, not a token.',
  );

export const invalidTokenLifetime = (who: string, given: string) =>
  error(
    `${who} has the lifetime ${show(given)}.`,
    "Allowed are 10 minutes to 2^32 seconds: API servers give no other.",
    "Write lifetime: Duration.days(30), for example.",
  );

export const invalidAudience = (who: string) =>
  error(
    `${who} has an empty audience.`,
    "Allowed are names, as whoever reads the token expects them.",
    'Write audiences: ["vault"], for example, or leave them out for the API servers.',
  );

export const rightsOfOthers = (who: string, account: string) =>
  error(
    `${who} has roles, but create: false: the service account ${show(account)} is somebody else's.`,
    "Allowed are roles for an account that is made here.",
    "Leave out create, or the roles, and bind those where the account is made.",
  );

export const duplicateAccount = (namespace: string, account: string) =>
  error(
    `The service account ${show(account)} in the namespace ${show(namespace)} is made by another ServiceAccountToken already.`,
    "Allowed is one that makes it; others take it as it is.",
    "Write create: false for all but the first, or choose another serviceAccount.",
  );

export const unreachedCluster = (who: string) =>
  error(
    `${who} is for a control plane of which no node is reached: their access is NodeAccess.directory().`,
    "Its API servers make the token when the cluster is deployed.",
    "Give the nodes NodeAccess.ssh(…), or make the token with kubectl create token.",
  );

export const nothingToMerge = (id: string) =>
  error(
    `The kubeconfig ${show(id)} has no kubeconfigs to merge, and no path that they were merged into.`,
    "Allowed is at least one; none only with path, which takes out what was there before.",
    'Write kubeconfigs: [{ kubeconfig: controlPlane.adminKubeconfig, context: "prod" }], for example.',
  );

export const invalidContext = (id: string, given: string) =>
  error(
    `The kubeconfig ${show(id)} has the context ${show(given)}.`,
    "Allowed are literal names of letters, digits and . _ - @ : / +",
    'Write context: "prod-admin", for example.',
  );

export const duplicateContext = (id: string, given: string) =>
  error(
    `The kubeconfig ${show(id)} has the context ${show(given)} twice.`,
    "Allowed is each name once: it is how people choose a cluster.",
    "Choose another name for one of them.",
  );

export const unknownContext = (
  id: string,
  given: string,
  contexts: readonly string[],
) =>
  error(
    `The kubeconfig ${show(id)} has the currentContext ${show(given)}, which is none of its contexts.`,
    `Its contexts: ${contexts.join(", ") || "none"}.`,
    "Name one of them, or leave currentContext out.",
  );

export const invalidKubeconfigPath = (id: string, given: string) =>
  error(
    `The kubeconfig ${show(id)} has the path ${show(given)}.`,
    "Allowed is a literal path of a file: absolute, from ~/ for the home of whoever deploys, or relative to the working directory.",
    'Write path: "~/.kube/config", for example.',
  );

export const kubeconfigElsewhere = (
  id: string,
  what: string,
  stack: string,
  other: string,
) =>
  error(
    `The kubeconfig ${show(id)} is in the stack ${stack}, ${what} in the stack ${other}.`,
    "Allowed are kubeconfigs of one stack: those of another one may not be made yet.",
    "Make it in that stack, one for each stack with the same path: they are merged beside each other.",
  );
