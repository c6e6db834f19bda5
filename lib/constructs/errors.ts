import { meant } from "../catalog/meant";
import { hasToken } from "../terraform/expression";

/** Every error that a program can meet at synthesis: what was given, what is allowed, what to do. */

export const error = (what: string, allowed: string, todo: string) =>
  new Error(`${what} ${allowed} ${todo}`);

/** A token's own text means nothing to people. */
export const show = (value: unknown) =>
  hasToken(value)
    ? "(a token, known only at apply)"
    : (JSON.stringify(value) ?? String(value));

export const invalidDuration = (given: string) =>
  error(
    `${show(given)} is not a duration.`,
    "Allowed is more than zero, as Go writes it: 8760h, 90m, 8760h0m0s.",
    "Write Duration.days(365), for example.",
  );

export const unknownKeyAlgorithm = (
  given: string,
  allowed: readonly string[],
) =>
  error(
    `${show(given)} is not a key algorithm that can be used here.`,
    `Allowed: ${allowed.join(", ")}.`,
    didYouMean(given, allowed) ?? "Choose one of them.",
  );

/** The last sentence of an error about a name. */
export function didYouMean(
  given: string,
  allowed: readonly string[],
): string | undefined {
  const similar = meant(given, allowed);
  return similar === undefined ? undefined : `Did you mean ${similar}?`;
}

export function unknownVersion(given: string, minors: readonly number[]) {
  const allowed = `Allowed are releases of ${minors.map((minor) => `1.${minor}`).join(", ")}, as 1.36.3 or v1.36.3.`;
  const [, minor, patch] = /^v?1\.(\d+)(\..*)?$/.exec(given.trim()) ?? [];
  const number = Number(minor);
  const what = `kubernetesVersion ${show(given)}`;
  if (minor === undefined || given !== given.trim() || patch === ".x")
    return error(
      `${what} is not a version of Kubernetes.`,
      allowed,
      "Write a full version as a literal.",
    );
  if (number < Math.min(...minors))
    return error(
      `${what} is older than what this library deploys.`,
      allowed,
      "Upgrade the cluster, one minor at a time.",
    );
  if (number > Math.max(...minors))
    return error(
      `${what} is newer than this version of the library.`,
      allowed,
      "Upgrade cdktf-control-plane.",
    );
  return error(
    `${what} names no release: its patch is missing or no number.`,
    allowed,
    `Write 1.${minor} with its patch, such as 1.${minor}.1.`,
  );
}

export const noNodes = () =>
  error(
    "nodes is empty.",
    "A control plane has at least one node.",
    'Write nodes: [{ name: "cp-1", address: "10.0.0.11" }].',
  );

export const invalidName = (prop: string, given: string) =>
  error(
    `${prop} ${show(given)} is not a valid name.`,
    "Allowed are lower case letters, digits, - and . (RFC 1123), a letter or digit at both ends, at most 253 characters.",
    "Choose another name; it must be a literal, not a token.",
  );

export const invalidNodeName = (given: string) =>
  error(
    `nodes[].name ${show(given)} is not a valid name of a node.`,
    "Allowed are lower case letters, digits, - and . (RFC 1123), a letter or digit at both ends, at most 63 characters.",
    "Choose another name; it must be a literal, not a token.",
  );

export const invalidClusterName = (given: string) =>
  error(
    `clusterName ${show(given)} is not a valid name of a cluster.`,
    "Allowed are letters, digits, - _ and ., a letter or digit at both ends, at most 63 characters.",
    "Choose another name; it must be a literal, not a token.",
  );

export const invalidSan = (prop: string, given: string) =>
  error(
    `${prop} has ${show(given)}, which no certificate can name.`,
    "Allowed are DNS names in lower case, with *. in front for all names below, and IP addresses without brackets and zone; tokens too.",
    ifExpression(given) ??
      (/^\[.*\]$/.test(given)
        ? `Write ${show(given.slice(1, -1))}, without brackets.`
        : "Correct it."),
  );

export const invalidAddress = (prop: string, given: string) =>
  error(
    `${prop} ${show(given)} is not an IP address.`,
    "Allowed is IPv4 or IPv6 without brackets, zone and port, or a token.",
    ifExpression(given) ??
      "Write the address that other nodes reach this one at.",
  );

export const specialAddress = (prop: string, given: string, use: string) =>
  error(
    `${prop} is ${given}, which ${use}.`,
    "Allowed is an address that other hosts reach.",
    "Write the host's own address in its network.",
  );

/** Text is data: what Terraform is to compute has to be a token. */
const ifExpression = (given: string): string | undefined =>
  /\$\{.*\}/s.test(given)
    ? `Give Terraform's value as a token, not as text: resource.getStringAttribute("…"), or Token.asString(Fn.…).`
    : undefined;

export const takenPort = (node: string, port: number, owner: string) =>
  error(
    `bindPort of node ${node} is ${port}, where ${owner} listens.`,
    "Allowed is a port that nothing else on a control-plane node has.",
    "Choose another one; 6443 is usual.",
  );

export const invalidPort = (prop: string, given: unknown) =>
  error(
    `${prop} ${show(given)} is not a port.`,
    "Allowed are 1 to 65535.",
    "Choose another one.",
  );

export const invalidEndpoint = (given: string) =>
  error(
    `endpoint ${show(given)} is not host:port.`,
    "Allowed is a DNS name or an IP address (IPv6 in brackets), a colon and a port from 1 to 65535; only the host may be a token.",
    ifExpression(given) ?? 'Write "api.example.org:6443", for example.',
  );

export const endpointMissing = (nodes: number) =>
  error(
    `${nodes} nodes, but no endpoint.`,
    "With more than one node clients need one address for all of them.",
    'Write endpoint: "host:6443" with a load balancer, a virtual IP or a DNS name.',
  );

export const invalidCidr = (prop: string, given: string) =>
  error(
    `${prop} ${show(given)} is not in CIDR notation.`,
    "Allowed is one literal block, or one of each family separated by a comma.",
    'Write "10.244.0.0/16" or "10.244.0.0/16,fd00:10:244::/56", for example.',
  );

export const hostBits = (prop: string, given: string, block: string) =>
  error(
    `${prop} ${show(given)} has bits beyond its prefix.`,
    "Allowed is the first address of a block.",
    `Write ${show(block)}.`,
  );

export const tooFewPodBlocks = (
  podSubnet: string,
  nodes: number,
  blocks: number,
  mask: number,
) =>
  error(
    `podSubnet ${show(podSubnet)} has ${blocks === 1 ? "one block" : `${blocks} blocks`} of /${mask} for ${nodes} nodes.`,
    "Each node gets a block of its own.",
    "Write a larger podSubnet, or a longer node-cidr-mask-size of the controller manager.",
  );

export const maskOfOtherStack = (flag: string, instead: string) =>
  error(
    `controllerManager.extraArgs has --${flag}.`,
    `With these subnets Kubernetes takes ${instead}.`,
    "Correct the flag.",
  );

export const cidrSize = (prop: string, given: string, allowed: string) =>
  error(
    `${prop} ${show(given)} has a size that Kubernetes refuses.`,
    `Allowed: ${allowed}.`,
    "Choose another block.",
  );

export const overlappingCidrs = (first: string, second: string) =>
  error(
    `${first} and ${second} overlap.`,
    "Pods, services and nodes have addresses of their own.",
    "Choose another block for one of them.",
  );

export const mixedStack = (podSubnet: string, serviceSubnet: string) =>
  error(
    `podSubnet ${show(podSubnet)} and serviceSubnet ${show(serviceSubnet)} are of different families.`,
    "Allowed is the same family in both; with pods of both families, services of one or of both.",
    "Add the missing block, or remove the other.",
  );

export const validityBeyondAuthority = (given: string, authority: string) =>
  error(
    `A certificate that is valid for ${given} would outlive its authority, which is valid for ${authority}.`,
    "Allowed is as long as the authority and less.",
    "Shorten the one or lengthen the other.",
  );

export const removedFlag = (
  where: string,
  flag: string,
  version: string,
  since: string,
  instead: string,
) =>
  error(
    `${where} has --${flag}, which Kubernetes ${version} does not know: it was removed in ${since}.`,
    `Instead: ${instead}.`,
    "Remove it from extraArgs.",
  );

export const invalidFlag = (where: string, flag: string) =>
  error(
    `${where} has the flag ${show(flag)}.`,
    "Allowed are names without leading dashes: lower case letters, digits, - and .",
    'Write extraArgs: { "audit-log-maxage": "30" }, for example.',
  );

export const invalidPath = (prop: string, given: string) =>
  error(
    `${prop} ${show(given)} is not a path that can be used here.`,
    "Allowed is a literal, absolute path of letters, digits and . _ - @ + : without . and .. as parts.",
    'Write "/etc/kubernetes/audit.yaml", for example.',
  );

export const invalidFile = (path: string, why: string) =>
  error(
    `The file ${show(path)} of a node ${why}.`,
    "Allowed is either text or the path of a source.",
    "Give the one and leave out the other.",
  );

export const duplicateFile = (path: string, node: string) =>
  error(
    `Node ${node} has the file ${show(path)} twice.`,
    "Allowed is each path once in the files of a node.",
    "Remove one of them, or change its path.",
  );

export const invalidLabel = (node: string, key: string, value: string) =>
  error(
    `Node ${node} has the label ${show(`${key}=${value}`)}.`,
    "Allowed are letters, digits, - _ and . in both, at most 63 characters, a letter or digit at both ends, and a DNS name with / before the key.",
    'Write labels: { "topology.kubernetes.io/zone": "a" }, for example.',
  );

export const invalidTaint = (node: string, taint: string) =>
  error(
    `Node ${node} has the taint ${show(taint)}.`,
    "Allowed are key, value and effect as Kubernetes has them: names of letters, digits, - _ and ., and NoSchedule, PreferNoSchedule or NoExecute.",
    'Write taints: [{ key: "dedicated", value: "database", effect: "NoSchedule" }], for example.',
  );

export const invalidMode = (given: string) =>
  error(
    `mode ${show(given)} is not octal.`,
    'Allowed: "0600", "0644" and their like.',
    'Write mode: "0644", for example.',
  );

export const invalidOwner = (given: string) =>
  error(
    `owner ${show(given)} is not user:group.`,
    'Allowed: "root:root", "1000:1000" and their like.',
    'Write owner: "root:root", for example.',
  );

export const invalidImage = (prop: string, given: string) =>
  error(
    `${prop} ${show(given)} is not part of an image's name.`,
    "Allowed are letters, digits and . _ - / : @",
    'Write "registry.example.org/k8s", for example.',
  );

export const invalidEtcdUrl = (given: string) =>
  error(
    `The etcd endpoint ${show(given)} is not a URL that can be used here.`,
    "Allowed is https://host:port; http:// only without caFile, certFile and keyFile.",
    'Write "https://etcd-1.example.org:2379", for example.',
  );

export const incompleteEtcdFiles = () =>
  error(
    "An external etcd has certFile or keyFile without the others of caFile, certFile and keyFile.",
    "Allowed are all three, caFile alone, or none.",
    "Add what is missing.",
  );

export const storeMismatch = (what: string, store: string, other: string) =>
  error(
    `${what} is in the store ${other}, not in ${store}.`,
    "What a cluster is made of is in one store.",
    "Make it with the same Store, or give the control plane that Store.",
  );

export const unknownNode = (given: string, nodes: readonly string[]) =>
  error(
    `${show(given)} is not a node of the cluster.`,
    `Its nodes: ${nodes.join(", ")}.`,
    "Name one of them, or add it to nodes.",
  );

export const authorityMissing = (component: string, authority: string) =>
  error(
    `${component} needs the certificate authority ${authority}.`,
    "With a stacked etcd all three authorities are needed.",
    `Give authorities: { "${authority}": … }.`,
  );

export const sourceMissing = (given: string) =>
  error(
    `There is no file ${show(given)}.`,
    "Allowed is a file that can be read on this machine, relative to the working directory.",
    "Correct the path, or make the file first.",
  );

export const invalidUser = (given: string) =>
  error(
    `The user ${show(given)} has a name that cannot be a file's.`,
    "Allowed are letters, digits and . _ - @ +, a letter or digit first.",
    "Choose another name.",
  );

export const foreignFamily = (
  node: string,
  address: string,
  serviceSubnet: string,
) =>
  error(
    `The address ${show(address)} of node ${node} is of another family than serviceSubnet ${show(serviceSubnet)}.`,
    "Kubernetes wants the API server's address in the family of the first service subnet.",
    "Change the address, or put a block of its family first.",
  );

export const duplicateUser = (given: string) =>
  error(
    `There is a kubeconfig ${show(given)} already.`,
    "Allowed is one of each name; the administrators' is admin.",
    "Choose another name, or keep what addUser returned.",
  );

export const validityTooShort = (given: string, least: string) =>
  error(
    `A certificate cannot be valid for ${given} only.`,
    `Allowed is ${least} and more.`,
    "Write Duration.days(365), for example.",
  );

export const validityTooLong = (given: string, most: string) =>
  error(
    `A certificate cannot be valid for ${given}.`,
    `Allowed is ${most} and less, the longest duration of Go.`,
    "Write Duration.days(3650), for example.",
  );

export const renewalTooEarly = (given: string, validity: string) =>
  error(
    `renewBefore is ${given}, and what it renews is valid for ${validity}.`,
    "Allowed is less than the validity: otherwise each apply makes it anew.",
    "Shorten renewBefore.",
  );

export const reservedName = (
  given: string,
  owner: string,
  reserved: readonly string[],
) =>
  error(
    `A node cannot have the name ${show(given)}: it is a part of ${owner}'s own.`,
    `Allowed is any other than ${reserved.join(", ")}.`,
    `Write "${given}-1", for example.`,
  );
