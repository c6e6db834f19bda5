import type { SpecialUse } from "../catalog/addresses";
import { didYouMean } from "../catalog/similar-name";
import { InputError } from "../props/input-error";
import { isPropName } from "../props/types";
import { hasToken } from "../terraform/expression";

/** Builds an error of three sentences: what was given, what is allowed, and what to do. */
export const error = (what: string, allowed: string, todo: string) =>
  new InputError(what, allowed, todo, propIn(what));

/** The place that a sentence begins with: `nodes[0].access is …`, `apiServer.extraArgs["v"] has …`. */
const PLACE = /^(?:the )?((\w+)(?:\.\w+|\[[^\]]*\])*)(?=:? )/;

/** `kubeadm configuration: InitConfiguration.skipPhases[0] is …` */
const FIELD = /^kubeadm configuration: ([A-Z]\w+(?:\.\w+|\[\d+\])+)(?= )/;

/** The prop, or the field of a kubeadm file, that a sentence begins with, if it begins with one. */
function propIn(sentence: string): string | undefined {
  const field = FIELD.exec(sentence)?.[1];
  if (field !== undefined) return field;
  const [, place, first] = PLACE.exec(sentence) ?? [];
  return first !== undefined && isPropName(first) ? place : undefined;
}

/** Shows a value in an error. The text of a token means nothing to people, so it is described instead. */
export const show = (value: unknown) =>
  hasToken(value)
    ? "(a token, known only at apply)"
    : (JSON.stringify(value) ?? String(value));

export const invalidDuration = (given: string) =>
  error(
    `${show(given)} is not a duration.`,
    "Allowed is a duration of more than zero in the syntax of Go: 8760h, 90m, 8760h0m0s.",
    "Write Duration.days(365), for example.",
  );

export const durationOutOfRange = (
  what: string,
  given: string,
  least: string,
  most: string,
) =>
  error(
    `${what} is ${given}.`,
    `Allowed is ${least} to ${most}.`,
    "Write Duration.hours(…) with another number, for example.",
  );

export const unknownKeyAlgorithm = (
  given: string,
  allowed: readonly string[],
) =>
  error(
    `The key algorithm ${show(given)} cannot be used here.`,
    `Allowed: ${allowed.join(", ")}.`,
    didYouMean(given, allowed) ?? "Choose one of them.",
  );

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
    "A control plane needs at least one node.",
    'Write nodes: [{ name: "cp-1", address: "10.0.0.11" }].',
  );

export const invalidName = (prop: string, given: string) =>
  error(
    `${prop} ${show(given)} is not a valid name.`,
    "Allowed are lower case letters, digits, - and . (RFC 1123), with a letter or digit at both ends, at most 253 characters.",
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

const USES_IN_WORDS: Readonly<Record<SpecialUse, string>> = {
  unspecified: "stands for all addresses of a host",
  loopback: "is every host's own loopback",
  "link-local": "is link-local",
  multicast: "is a multicast address",
  broadcast: "is the broadcast address",
  "IPv4-mapped": "is an IPv4 address written as IPv6",
};

export const specialAddress = (prop: string, given: string, use: SpecialUse) =>
  error(
    `${prop} is ${given}, which ${USES_IN_WORDS[use]}.`,
    "Allowed is an address that other hosts reach.",
    "Write the host's own address in its network.",
  );

/** Text is data: what Terraform is to compute has to be a token. */
export const ifExpression = (given: string): string | undefined =>
  /\$\{.*\}/s.test(given) ? USE_TOKEN : undefined;

export const USE_TOKEN = `Give Terraform's value as a token, not as text: resource.getStringAttribute("…"), or Token.asString(Fn.…).`;

export const takenPort = (node: string, port: number, owner: string) =>
  error(
    `bindPort of node ${node} is ${port}, the port of ${owner}.`,
    "Allowed is a port that nothing else on a control-plane node uses.",
    "Choose another port; 6443 is usual.",
  );

export const invalidPort = (prop: string, given: unknown) =>
  error(
    `${prop} ${show(given)} is not a port.`,
    "Allowed are 1 to 65535.",
    "Choose another port.",
  );

export const invalidEndpoint = (given: string) =>
  error(
    `endpoint ${show(given)} is not host:port.`,
    "Allowed is a DNS name or an IP address (IPv6 in brackets), a colon and a port from 1 to 65535; only the host may be a token.",
    ifExpression(given) ?? 'Write "api.example.org:6443", for example.',
  );

export const endpointMissing = (nodes: number) =>
  error(
    `The control plane has ${nodes} nodes, but no endpoint.`,
    "With more than one node, clients need one address for all of them.",
    'Write endpoint: "host:6443" with the address of a load balancer or a DNS name, or use Endpoint.virtualIp(…) or Endpoint.localProxy().',
  );

export const invalidPath = (prop: string, given: string) =>
  error(
    `${prop} ${show(given)} is not a path that can be used here.`,
    "Allowed is a literal, absolute path of letters, digits and . _ - @ + :, without . or .. as a segment.",
    'Write "/etc/kubernetes/audit.yaml", for example.',
  );

export const invalidFile = (path: string, why: string) =>
  error(
    `The file ${show(path)} of a node ${why}.`,
    "Allowed is either text, or source with the path of a file.",
    "Set one and omit the other.",
  );

export const duplicateFile = (path: string, node: string) =>
  error(
    `Node ${node} has the file ${show(path)} twice.`,
    "Each path may occur only once in the files of a node.",
    "Remove one of them, or change its path.",
  );

export const invalidMode = (given: string) =>
  error(
    `mode ${show(given)} is not an octal file mode.`,
    'Allowed are four octal digits that begin with 0, such as "0600" and "0644".',
    'Write mode: "0644", for example.',
  );

export const invalidOwner = (given: string) =>
  error(
    `owner ${show(given)} is not user:group.`,
    'Allowed are names or numbers, such as "root:root" and "1000:1000".',
    'Write owner: "root:root", for example.',
  );

export const invalidEtcdUrl = (given: string) =>
  error(
    `The etcd endpoint ${show(given)} is not a URL that can be used here.`,
    "Allowed is https://host:port, and http://host:port if caFile, certFile and keyFile are not set.",
    'Write "https://etcd-1.example.org:2379", for example.',
  );

export const incompleteEtcdFiles = () =>
  error(
    "The external etcd has only some of caFile, certFile and keyFile.",
    "Allowed are all three, caFile alone, or none.",
    "Add the missing files.",
  );

export const storeMismatch = (what: string, store: string, other: string) =>
  error(
    `${what} is in the store ${other}, not in ${store}.`,
    "All parts of a cluster must be in the same store.",
    "Create it with the same Store, or pass its Store to the control plane.",
  );

export const authorityMissing = (component: string, authority: string) =>
  error(
    `${component} needs ${show(authority)} in its authorities.`,
    "Required are all CAs that the component uses, and the service account key pair if it uses that; with stacked etcd, all three CAs.",
    `Set authorities: { "${authority}": … }.`,
  );

export const sourceMissing = (given: string) =>
  error(
    `There is no file ${show(given)}.`,
    "Allowed is the path of a file on this machine, absolute or relative to the working directory.",
    "Correct the path, or create the file first.",
  );

export const invalidUser = (given: string) =>
  error(
    `The user name ${show(given)} cannot be used as a file name.`,
    "Allowed are letters, digits and . _ - @ +, with a letter or digit first.",
    "Choose another name.",
  );

export const wrongAddressFamily = (
  node: string,
  address: string,
  serviceSubnet: string,
) =>
  error(
    `The address ${show(address)} of node ${node} has a different IP family than serviceSubnet ${show(serviceSubnet)}.`,
    "Kubernetes requires the API server's address to be in the family of the first service subnet.",
    "Change the address, or put a block of its family first in serviceSubnet.",
  );

export const duplicateUser = (given: string) =>
  error(
    `A kubeconfig named ${show(given)} exists already.`,
    "Each name may be used only once; admin is the administrator's.",
    "Choose another name, or reuse the kubeconfig that addUser returned.",
  );

export const reservedName = (
  given: string,
  owner: string,
  reserved: readonly string[],
) =>
  error(
    `A node cannot have the name ${show(given)}: ${owner} uses it for one of its own parts.`,
    `Allowed is any name except ${reserved.join(", ")}.`,
    `Write "${given}-1", for example.`,
  );
