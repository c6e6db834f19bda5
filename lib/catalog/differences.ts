import { frozen } from "./frozen";

/**
 * A deliberate difference from kubeadm, and the reason for it. The tests that compare with kubeadm leave out exactly
 * these differences, so any other difference makes them fail.
 */
export interface Difference {
  readonly id: string;
  /** Where the difference appears. A row that no test uses is not covered by the comparison. */
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
      "kubelet signs a serving certificate for itself, or requests one from the cluster that somebody has to approve.",
    here: "Each node has a serving certificate signed by the cluster's CA as one of its files, unless serverTLSBootstrap is set.",
    why: "The API server can verify the kubelet, and nobody has to approve a certificate months later.",
  },
  {
    id: "subject-key-identifier",
    in: "certificates",
    kubeadm: "Only CAs have a subject key identifier.",
    here: "Every certificate has one.",
    why: "RFC 5280 recommends it for all certificates, and tools can look a certificate up by it.",
  },
  {
    id: "key-usage",
    in: "certificates",
    kubeadm: "Every certificate has the key usage keyEncipherment.",
    here: "Only a server's certificate with an RSA key has it.",
    why: "RFC 5280 and RFC 8813 allow it for no other certificate, and nothing in Kubernetes requires it.",
  },
  {
    id: "node-addresses",
    in: "certificates",
    kubeadm: "Knows one address of a node.",
    here: "A node's further addresses are in its serving certificates; with two address families they are kubelet's node-ip.",
    why: "Others reach the node at these addresses.",
  },
  {
    id: "super-admin-everywhere",
    in: "kubeconfigs",
    kubeadm: "Makes super-admin.conf on the first node only.",
    here: "Each control-plane node has one.",
    why: "No node is special: all are made alike, and any of them may be lost.",
  },
  {
    id: "initial-cluster",
    in: "manifests",
    kubeadm:
      "Each node lists the members before it, with `existing` as the state.",
    here: "Each node of a new cluster lists all members.",
    why: "All nodes can start at once.",
  },
  {
    id: "connecting-probes",
    in: "manifests",
    kubeadm:
      "The probes of the API server ask /livez and /readyz without a credential, even if it refuses anonymous requests, so kubelet kills it again and again.",
    here: "If the API server refuses anonymous requests to these paths, its probes only open a connection.",
    why: "kubelet cannot give a client certificate to a probe, and the image has no program that could ask instead.",
  },
  {
    id: "ca-directories",
    in: "manifests",
    kubeadm:
      "Mounts the directories of trusted certificates that it finds on the host.",
    here: "Mounts Debian's directories, whatever is on the host; add others with extraVolumes.",
    why: "A plan must not depend on what is on a host.",
  },
  {
    id: "proxy-environment",
    in: "manifests",
    kubeadm: "Copies the variables `*_proxy` of the shell in which it runs.",
    here: "Only extraEnvs sets variables.",
    why: "The shell of the user who deploys says nothing about the node.",
  },
  {
    id: "hostname-override",
    in: "kubelet",
    kubeadm: "Leaves the flag out if the host has the node's name.",
    here: "The flag is always set.",
    why: "The host's name is not known at plan, and this way the plan is the same for every host.",
  },
  {
    id: "systemd-resolved",
    in: "kubelet",
    kubeadm: "Sets resolvConf if systemd-resolved runs.",
    here: "Only the user sets resolvConf.",
    why: "A plan must not depend on what runs on a host.",
  },
  {
    id: "zero-values",
    in: "kubelet",
    kubeadm: "Prints every field of Go's types, even those without a value.",
    here: "Prints only fields that have a value.",
    why: "It keeps plans readable.",
  },
  {
    id: "bootstrap-token-secret",
    in: "objects",
    kubeadm: "A Secret with id, secret and expiration.",
    here: "A Secret without them, but with a lifetime.",
    why: "They are made at apply; a plan shows where a secret goes, not what it is.",
  },
  {
    id: "cluster-admins",
    in: "objects",
    kubeadm:
      "Creates the ClusterRoleBinding kubeadm:cluster-admins separately, and not in a dry run.",
    here: "It is one of the cluster objects.",
    why: "Without it the admin kubeconfig has no rights.",
  },
  {
    id: "node-objects",
    in: "objects",
    kubeadm: "Patches labels and taints into the Node once it exists.",
    here: "They are an object: the part of the Node that the library manages.",
    why: "A plan shows them, and they can be applied again.",
  },
  {
    id: "checksum",
    in: "objects",
    kubeadm: "The hash of the configuration as Go prints it.",
    here: "The hash of the configuration as this library prints it, at apply.",
    why: "kubeadm compares the hash with the text beside it, whatever program printed that text.",
  },
  {
    id: "service-resource-version",
    in: "objects",
    kubeadm:
      'Sends resourceVersion "0" with the DNS service, to be able to update it.',
    here: "Sends no resourceVersion, because objects are applied server-side.",
    why: "A server-side apply refuses a version that it cannot compare.",
  },
  {
    id: "rbac-api-group",
    in: "objects",
    kubeadm: "Leaves the API group of subjects to the API server's defaults.",
    here: "The API group is written out.",
    why: "Then a second server-side apply changes nothing.",
  },
  {
    id: "kubelet-drop-in",
    in: "node",
    kubeadm: "Its package contains the systemd drop-in that starts kubelet.",
    here: "The drop-in is a file of each node that is reached over SSH or is the machine you deploy from.",
    why: "The host needs no package except kubelet's, and starts kubelet in the same way wherever kubelet came from.",
  },
  {
    id: "kubelet-flags",
    in: "node",
    kubeadm:
      "Writes kubeadm-flags.env with Go's quotes: systemd splits a value at its blanks and interprets the quotes as syntax.",
    here: "The same file if no value has blanks, quotes or backslashes; otherwise those are escaped, so that each flag stays one word.",
    why: "A value is data: it must not add a flag or a variable.",
  },
  {
    id: "rootless-control-plane",
    in: "node",
    kubeadm:
      "With the feature gate RootlessControlPlane it creates users on the host and runs components as them.",
    here: "The gate changes nothing.",
    why: "It is alpha and deprecated, and the users' numeric ids are known only on the host.",
  },
] as const satisfies readonly Difference[]);

export type DifferenceId = (typeof DIFFERENCES)[number]["id"];
