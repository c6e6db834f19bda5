import { frozen } from "./frozen";

/**
 * What is deliberately not as kubeadm makes it, and why. The tests that compare with kubeadm read from here what
 * they must not compare, so that nothing else can differ in silence.
 */
export interface Difference {
  readonly id: string;
  /** Where it shows: of the rows without a test the comparison never sees anything. */
  readonly in:
    | "certificates"
    | "kubeconfigs"
    | "kubelet"
    | "manifests"
    | "objects"
    | "node";
  readonly kubeadm: string;
  readonly here: string;
  readonly why: string;
}

export const DIFFERENCES = frozen([
  {
    id: "kubelet-server",
    in: "certificates",
    kubeadm:
      "kubelet signs a serving certificate for itself, or asks the cluster for one that somebody approves.",
    here: "A serving certificate of the cluster's authority is a file of the node, unless serverTLSBootstrap is set.",
    why: "The API server can verify the kubelet, and nobody has to approve anything months later.",
  },
  {
    id: "subject-key-identifier",
    in: "certificates",
    kubeadm: "Only authorities have one.",
    here: "Every certificate has one.",
    why: "RFC 5280 recommends it for all, and a tool that looks a certificate up by it finds it.",
  },
  {
    id: "key-usage",
    in: "certificates",
    kubeadm: "Every certificate has the key usage keyEncipherment.",
    here: "Only a server's certificate with an RSA key has it.",
    why: "RFC 5280 and RFC 8813 allow it to no other, and nothing in Kubernetes asks for it.",
  },
  {
    id: "common-name-length",
    in: "certificates",
    kubeadm:
      "etcd's certificates have the node's name as common name, however long it is.",
    here: "Their common name is etcd where the node's name has more than 64 characters.",
    why: "X.520 ends a common name there, and nobody reads etcd's: its names count. A user's or a node's common name is its identity in Kubernetes, and is always whole.",
  },
  {
    id: "node-addresses",
    in: "certificates",
    kubeadm: "Knows one address of a node.",
    here: "The further addresses of a node are in its serving certificates; with two families they are kubelet's node-ip.",
    why: "They are how others reach the node.",
  },
  {
    id: "super-admin-everywhere",
    in: "kubeconfigs",
    kubeadm: "Makes super-admin.conf on the first node only.",
    here: "Each control-plane node has one.",
    why: "There is no first node: all are made alike, and any may be lost.",
  },
  {
    id: "initial-cluster",
    in: "manifests",
    kubeadm: "Each node lists the members before it, and `existing` as state.",
    here: "Each node of a new cluster lists all members.",
    why: "All nodes can start at once.",
  },
  {
    id: "ca-directories",
    in: "manifests",
    kubeadm:
      "Mounts those directories of trusted certificates that it finds on the machine.",
    here: "Mounts Debian's, whatever is on the machine; others are extraVolumes.",
    why: "A plan must not depend on a machine's content.",
  },
  {
    id: "proxy-environment",
    in: "manifests",
    kubeadm: "Copies the variables `*_proxy` of the shell that it runs in.",
    here: "Only extraEnvs.",
    why: "The shell of whoever deploys says nothing about the node.",
  },
  {
    id: "hostname-override",
    in: "kubelet",
    kubeadm: "Leaves the flag out where the machine bears the node's name.",
    here: "It is always there.",
    why: "The machine's name isn't known at plan, and is then the same.",
  },
  {
    id: "systemd-resolved",
    in: "kubelet",
    kubeadm: "Sets resolvConf where systemd-resolved runs.",
    here: "Only the user sets it.",
    why: "A plan must not depend on what runs on a machine. kubelet's resolvConf is the user's to say.",
  },
  {
    id: "zero-values",
    in: "kubelet",
    kubeadm: "Prints every field of Go's types, also those that say nothing.",
    here: "Only what is said.",
    why: "A plan is read by people.",
  },
  {
    id: "bootstrap-token-secret",
    in: "objects",
    kubeadm: "A Secret with id, secret and end.",
    here: "A Secret without them, and with their time to live.",
    why: "They are made at apply; a plan shows where a secret goes, not what it is.",
  },
  {
    id: "cluster-admins",
    in: "objects",
    kubeadm:
      "Makes the ClusterRoleBinding kubeadm:cluster-admins by another way, not in a dry run.",
    here: "It is an object among the others.",
    why: "Without it the admin kubeconfig has no rights.",
  },
  {
    id: "node-objects",
    in: "objects",
    kubeadm: "Patches labels and taints into the Node once it exists.",
    here: "They are an object, the Node's part that is ours.",
    why: "A plan shows them, and they can be applied again.",
  },
  {
    id: "checksum",
    in: "objects",
    kubeadm: "The hash of the configuration as Go prints it.",
    here: "The hash of the configuration as it is printed here, at apply.",
    why: "kubeadm compares the hash with the text beside it, whatever printed that.",
  },
  {
    id: "service-resource-version",
    in: "objects",
    kubeadm:
      'Sends resourceVersion "0" with the DNS service, to be able to update it.',
    here: "Without: objects are applied server-side.",
    why: "A server-side apply refuses what it cannot compare.",
  },
  {
    id: "rbac-api-group",
    in: "objects",
    kubeadm: "Leaves the subjects' API group to the API server's defaults.",
    here: "It is written.",
    why: "A second server-side apply then changes nothing.",
  },
  {
    id: "kubelet-drop-in",
    in: "node",
    kubeadm:
      "Its package brings the drop-in with which systemd starts kubelet.",
    here: "It is a file of each node that is reached over SSH or is this machine.",
    why: "The machine needs no package but kubelet's, and starts it alike wherever that came from.",
  },
  {
    id: "kubelet-flags",
    in: "node",
    kubeadm:
      "Writes kubeadm-flags.env with Go's quotes: systemd splits a value at its blanks and takes its quotes for syntax.",
    here: "The same file where no value has blanks, quotes or backslashes; those are escaped, so that each flag stays one word.",
    why: "A value is data: it adds neither a flag nor a variable.",
  },
  {
    id: "rootless-control-plane",
    in: "node",
    kubeadm:
      "With the feature gate RootlessControlPlane it makes users on the machine and runs components as them.",
    here: "The gate changes nothing.",
    why: "It is alpha and deprecated; the users' numbers are known on the machine only.",
  },
] as const satisfies readonly Difference[]);

export type DifferenceId = (typeof DIFFERENCES)[number]["id"];

export function difference(id: DifferenceId): Difference {
  return DIFFERENCES.find((row) => row.id === id)!;
}
