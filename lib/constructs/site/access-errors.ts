import { error, show } from "../errors";

/** Errors about access to the API servers. Each says what was given, what is allowed, and what to do. */

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
    "Allowed are lower case letters, digits and - (RFC 1123), with a letter or digit at both ends, at most 63 characters.",
    "Choose another name; it must be a literal, not a token.",
  );

export const namespaceMissing = (who: string, prop: string) =>
  error(
    `${who} has ${prop}, but no namespace.`,
    `Allowed is ${prop} together with a namespace; only clusterRoles apply to all namespaces.`,
    'Write namespace: "team", for example.',
  );

export const invalidTokenName = (prop: string, given: string) =>
  error(
    `The ${prop} ${show(given)} of a ServiceAccountToken is not a valid name for an account.`,
    "Allowed are lower case letters, digits, - and . (RFC 1123), with a letter or digit at both ends, at most 253 characters.",
    'Write new ServiceAccountToken(stack, "ci", { … }), for example; the name must be a literal, not a token.',
  );

export const invalidAudience = (who: string) =>
  error(
    `${who} has an empty audience.`,
    "Allowed are the names that the receivers of the token expect.",
    'Write audiences: ["vault"], for example, or omit audiences for the API servers.',
  );

export const rolesWithoutCreate = (who: string, account: string) =>
  error(
    `${who} has roles, but create: false, so the service account ${show(account)} is not created here.`,
    "Allowed are roles for an account that is created here.",
    "Omit create; or omit the roles, and bind them where the account is created.",
  );

export const duplicateAccount = (namespace: string, account: string) =>
  error(
    `Another ServiceAccountToken creates the service account ${show(account)} in the namespace ${show(namespace)} already.`,
    "Only one token may create an account; the others use it as it is.",
    "Write create: false for all but the first, or choose another serviceAccount.",
  );

export const unreachedCluster = (who: string) =>
  error(
    `${who} is for a control plane whose nodes all have NodeAccess.directory(), so the deploy does not reach them.`,
    "Its API servers must be reachable, because they issue the token during the deploy.",
    "Give the nodes NodeAccess.ssh(…), or create the token with kubectl create token.",
  );

export const nothingToMerge = (id: string) =>
  error(
    `The kubeconfig ${show(id)} has no kubeconfigs to merge, and no path from which to remove merged entries.`,
    "Allowed is at least one kubeconfig, or an empty list with a path, which removes the entries that were merged into it.",
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
    "Each name may occur only once, because people choose a cluster by it.",
    "Choose another name for one of them.",
  );

export const unknownContext = (
  id: string,
  given: string,
  contexts: readonly string[],
) =>
  error(
    `The kubeconfig ${show(id)} has the currentContext ${show(given)}, which is not one of its contexts.`,
    `Its contexts: ${contexts.join(", ") || "none"}.`,
    "Name one of them, or omit currentContext.",
  );

export const invalidKubeconfigPath = (id: string, given: string) =>
  error(
    `The kubeconfig ${show(id)} has the path ${show(given)}.`,
    "Allowed is the literal path of a file: absolute, relative to the working directory, or below ~/, the home of the user who deploys.",
    'Write path: "~/.kube/config", for example.',
  );

export const kubeconfigInOtherStack = (
  id: string,
  what: string,
  stack: string,
  other: string,
) =>
  error(
    `The kubeconfig ${show(id)} is in the stack ${stack}, but ${what} is in the stack ${other}.`,
    "Allowed are kubeconfigs from the same stack, because those of another stack may not exist yet.",
    "Create one MergedKubeconfig in each stack, all with the same path: their entries are merged side by side.",
  );
