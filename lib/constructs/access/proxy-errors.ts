import { error, show } from "../errors";

/** Errors about API server proxies. Each says what was given, what is allowed, and what to do. */

export const invalidProxyName = (given: string) =>
  error(
    `The id ${show(given)} of an ApiProxy is not a valid process name.`,
    "Allowed are lower case letters, digits, - and . (RFC 1123), with a letter or digit at both ends, at most 253 characters.",
    'Write new ApiProxy(stack, "web", { … }), for example.',
  );

export const controlPlaneOrKubeconfig = (id: string) =>
  error(
    `The proxy ${show(id)} has both controlPlane and kubeconfig, or neither.`,
    "Allowed is exactly one: controlPlane, to act as its administrator, or kubeconfig, to act as its user.",
    "Set one and omit the other.",
  );

export const portAndSocket = (who: string) =>
  error(
    `${who} has a unixSocket, and a port or an address as well.`,
    "Allowed is either the socket, or the port and address: it listens in one place.",
    "Omit the socket, or omit the port and the address.",
  );

export const invalidProxyPort = (who: string, given: unknown) =>
  error(
    `${who} has the port ${show(given)}.`,
    "Allowed are 1 to 65535.",
    "Choose another port; 8001 is usual.",
  );

export const invalidProxyAddress = (who: string, given: string) =>
  error(
    `${who} has the address ${show(given)}.`,
    "Allowed is a literal IP address of this machine, IPv4 or IPv6 without brackets.",
    'Write address: "127.0.0.1", or omit it.',
  );

export const invalidProxyPath = (who: string, prop: string, given: string) =>
  error(
    `${who} has the ${prop} ${show(given)}.`,
    "Allowed is a literal path: absolute, or relative to the working directory.",
    'Write unixSocket: "run/api.sock" or binaryDirectory: "bin", for example.',
  );

export const expressionWithComma = (who: string, prop: string, given: string) =>
  error(
    `${who} has ${show(given)} in ${prop}, which contains a comma.`,
    "Allowed are expressions without commas: kubectl takes all expressions in one flag and splits it at commas.",
    "Write \\x2c for a literal comma, aa? for a{1,2}, and each expression as an item of its own.",
  );

export const invalidExpression = (
  who: string,
  prop: string,
  given: string,
  reason: string,
) =>
  error(
    `${who} has ${show(given)} in ${prop}, which is not a regular expression that kubectl accepts: ${reason}.`,
    "Allowed is Go's syntax, https://github.com/google/re2/wiki/Syntax.",
    'Write rejectPaths: ["^/api/v1/secrets"], for example.',
  );

export const proxyInOtherStack = (who: string, stack: string, other: string) =>
  error(
    `${who} is in the stack ${stack}, but its kubeconfig is in the stack ${other}.`,
    "Allowed is the same stack for both.",
    "Create the proxy in the stack of its kubeconfig.",
  );

export const nodeWithoutControlPlane = (who: string, node: string) =>
  error(
    `${who} has the node ${show(node)}, but no controlPlane.`,
    "Allowed is a node of the given controlPlane.",
    "Set controlPlane as well, or omit node to run a process on this machine.",
  );

export const tokenOnNode = (who: string) =>
  error(
    `${who} has a node, and the kubeconfig of a ServiceAccountToken.`,
    "Allowed is a kubeconfig with a certificate: the cluster issues the token only after its nodes have all their files.",
    'Write kubeconfig: controlPlane.addUser("proxy", { clusterRoles: ["view"] }), for example.',
  );

export const kubeconfigOfOtherStore = (who: string) =>
  error(
    `${who} has a kubeconfig that does not belong to its controlPlane.`,
    "Allowed is a kubeconfig from the same store, because the node gets a copy.",
    'Write kubeconfig: controlPlane.addUser("proxy", { clusterRoles: ["view"] }), for example.',
  );

export const unreachedNode = (who: string, node: string) =>
  error(
    `${who} has the node ${show(node)}, on which units cannot be started.`,
    "Allowed is a node with NodeAccess.ssh(…) or NodeAccess.local() whose components run as static pods or units.",
    "Omit node to run a process on this machine.",
  );

export const propsNotForNode = (who: string) =>
  error(
    `${who} has a node, and a unixSocket or a binaryDirectory.`,
    "Allowed are unixSocket and binaryDirectory only for a process on this machine; a unit listens on a port.",
    "Omit them, or omit node.",
  );
