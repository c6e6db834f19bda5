import { error, show } from "../errors";

/** Errors about proxies of API servers: what was given, what is allowed, what to do. */

export const invalidProxyName = (given: string) =>
  error(
    `The id ${show(given)} of an ApiProxy is not a name that a process can have.`,
    "Allowed are lower case letters, digits, - and . (RFC 1123), a letter or digit at both ends, at most 253 characters.",
    'Write new ApiProxy(stack, "web", { … }), for example.',
  );

export const proxyOfWhat = (id: string) =>
  error(
    `The proxy ${show(id)} has both controlPlane and kubeconfig, or neither.`,
    "Allowed is one of them: a cluster as its administrator, or whoever a kubeconfig is of.",
    "Give the one and leave out the other.",
  );

export const portAndSocket = (who: string) =>
  error(
    `${who} has a unixSocket, and a port or an address as well.`,
    "Allowed is one of both: it listens in one place.",
    "Leave out the one or the other.",
  );

export const invalidProxyPort = (who: string, given: unknown) =>
  error(
    `${who} has the port ${show(given)}.`,
    "Allowed are 1 to 65535.",
    "Choose another one; 8001 is usual.",
  );

export const invalidProxyAddress = (who: string, given: string) =>
  error(
    `${who} has the address ${show(given)}.`,
    "Allowed is a literal IP address of this machine, IPv4 or IPv6 without brackets.",
    'Write address: "127.0.0.1", or leave it out.',
  );

export const invalidProxyPath = (who: string, prop: string, given: string) =>
  error(
    `${who} has the ${prop} ${show(given)}.`,
    "Allowed is a literal path: absolute, or relative to the working directory.",
    'Write unixSocket: "run/api.sock" or binaryDirectory: "bin", for example.',
  );

export const expressionWithComma = (who: string, prop: string, given: string) =>
  error(
    `${who} has ${show(given)} in ${prop}, with a comma in it.`,
    "Allowed is none: kubectl takes all expressions in one flag and cuts it at its commas.",
    "Write \\x2c for a comma that is meant, aa? for a{1,2}, and give several expressions as several items.",
  );

export const invalidExpression = (
  who: string,
  prop: string,
  given: string,
  reason: string,
) =>
  error(
    `${who} has ${show(given)} in ${prop}, which is no regular expression that kubectl takes: ${reason}.`,
    "Allowed are Go's, https://github.com/google/re2/wiki/Syntax.",
    'Write rejectPaths: ["^/api/v1/secrets"], for example.',
  );

export const proxyElsewhere = (who: string, stack: string, other: string) =>
  error(
    `${who} is in the stack ${stack}, its kubeconfig in the stack ${other}.`,
    "Allowed is one stack for both.",
    "Make it in that stack.",
  );

export const nodeOfWhat = (who: string, node: string) =>
  error(
    `${who} has the node ${show(node)}, but no controlPlane.`,
    "Allowed is a node of a controlPlane.",
    "Give that, too, or leave node out for a process of this machine.",
  );

export const tokenOnNode = (who: string) =>
  error(
    `${who} has a node, and the kubeconfig of a ServiceAccountToken.`,
    "Allowed is a kubeconfig with a certificate: the cluster makes the token only when its nodes have all their files.",
    'Write kubeconfig: controlPlane.addUser("proxy", { clusterRoles: ["view"] }), for example.',
  );

export const proxyOfAnother = (who: string) =>
  error(
    `${who} has a kubeconfig that is not of its controlPlane.`,
    "Allowed is one of the same store: its node gets a copy.",
    'Write kubeconfig: controlPlane.addUser("proxy", { clusterRoles: ["view"] }), for example.',
  );

export const unreachedNode = (who: string, node: string) =>
  error(
    `${who} has the node ${show(node)}, on which no unit can be started.`,
    "Allowed is a node that is reached, with static pods or units: NodeAccess.ssh(…) or NodeAccess.local().",
    "Leave node out for a process of this machine.",
  );

export const notOnNode = (who: string) =>
  error(
    `${who} has a node, and a unixSocket or a binaryDirectory.`,
    "Allowed are they for a process of this machine; a unit listens at a port.",
    "Leave them out, or the node.",
  );
