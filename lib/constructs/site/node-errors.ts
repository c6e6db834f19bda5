import { error, ifExpression, show } from "../errors";

/** Errors about nodes and their access. Each says what was given, what is allowed, and what to do. */

export const duplicateNode = (
  what: "name" | "address" | "machineId" | "access",
  given: string,
) =>
  error(
    `Two nodes have the ${what} ${show(given)}.`,
    `Each node, including workers, needs its own ${what}.`,
    "Change one of them, or remove it.",
  );

const ofNode = (node: string | undefined): string =>
  node === undefined ? "" : ` of node ${node}`;

export const invalidSshHost = (given: string, node?: string) =>
  error(
    `The SSH host ${show(given)}${ofNode(node)} is not a valid host name or address.`,
    "Allowed are an IP address without brackets, a name of letters, digits, . _ and -, or a token.",
    ifExpression(given) ??
      'Write NodeAccess.ssh({ host: "10.0.0.11", user: "admin", port: 22 }), for example.',
  );

export const invalidSshUser = (given: string, node?: string) =>
  error(
    `The SSH user ${show(given)}${ofNode(node)} is not a valid user name.`,
    "Allowed is a name without spaces and special characters of the shell that does not begin with -.",
    'Write user: "admin", for example.',
  );

export const invalidJumpHost = (given: string, node?: string) =>
  error(
    `jumpHost ${show(given)}${ofNode(node)} is not [user@]host[:port].`,
    "Allowed is one jump host; IPv6 addresses need brackets.",
    ifExpression(given) ??
      'Write jumpHost: "admin@bastion.example.org:22", for example. Configure several jump hosts in the configuration of OpenSSH.',
  );

export const invalidIdentityFile = (given: string, node?: string) =>
  error(
    `identityFile ${show(given)}${ofNode(node)} is not the path of a file.`,
    "Allowed is a path that is absolute, relative to the working directory, or below ~/.",
    'Write identityFile: "~/.ssh/id_ed25519", for example.',
  );

export const invalidHostKey = (given: string, node?: string) =>
  error(
    `hostKey ${show(given)}${ofNode(node)} is not a public host key.`,
    "Allowed is ssh-ed25519, ssh-rsa or ecdsa-sha2-nistp256, -384 or -521, a space, and the key in base64.",
    "Copy it from /etc/ssh/ssh_host_ed25519_key.pub on the host, or omit hostKey: then the first key that the host shows is remembered.",
  );

export const invalidMachineId = (node: string, given: string) =>
  error(
    `machineId ${show(given)} of node ${node} is not a machine id.`,
    "Allowed are 32 hexadecimal digits in lower case, or a token.",
    ifExpression(given) ??
      "Copy it from /etc/machine-id on the host, or omit machineId.",
  );

export const invalidLabel = (node: string, key: string, value: string) =>
  error(
    `Node ${node} has the label ${show(`${key}=${value}`)}.`,
    "Allowed are letters, digits, - _ and . in key and value, with a letter or digit at both ends, at most 63 characters; the key may have a DNS name and / in front.",
    ifExpression(value) ??
      'Write labels: { "topology.kubernetes.io/zone": "a" }, for example.',
  );

export const invalidTaint = (node: string, taint: string) =>
  error(
    `Node ${node} has the taint ${show(taint)}.`,
    "Allowed are a key and value of letters, digits, - _ and ., and the effect NoSchedule, PreferNoSchedule or NoExecute.",
    'Write taints: [{ key: "dedicated", value: "database", effect: "NoSchedule" }], for example.',
  );

export const mixedAccess = (where: string, directory: string, hosted: string) =>
  error(
    `${where} has ${directory}, whose files stay in the store, and ${hosted}, which is on a host.`,
    "Allowed is NodeAccess.directory() for all nodes or for none: a cluster starts only with all of its nodes, and a rollout would not start those with NodeAccess.directory().",
    "Give all nodes NodeAccess.ssh(…) or NodeAccess.local(), or give all of them NodeAccess.directory().",
  );

export const unreachableControlPlane = (pool: string) =>
  error(
    `The worker pool ${pool} is on hosts, but the nodes of its control plane have NodeAccess.directory().`,
    "Workers join through the API server of a control-plane node that the deploy reaches.",
    "Give the control plane's nodes NodeAccess.ssh(…), or these workers NodeAccess.directory().",
  );

export const workersWithoutCaKey = (pool: string) =>
  error(
    `The workers of the pool ${pool} cannot join: the cluster must sign the certificates of their kubelets, but the key of its CA is elsewhere.`,
    "Allowed are workers with NodeAccess.directory(), whose kubeconfigs you sign like the other requests.",
    "Give them NodeAccess.directory(), or give the cluster a CA with its key.",
  );

export const allNodesRetired = () =>
  error(
    "All nodes have retire: true.",
    "At least one node of the control plane must stay.",
    "Omit retire for one of them; to remove the cluster, destroy it.",
  );

export const retiredDirectory = (node: string) =>
  error(
    `Node ${node} has retire: true and NodeAccess.directory().`,
    "Only a node whose host is reached can be retired.",
    "Remove the node from the list instead.",
  );

export const invalidMaxUnavailable = (where: string, given: unknown) =>
  error(
    `maxUnavailable ${show(given)} of ${where} is not a number of nodes.`,
    "Allowed are whole numbers of at least 1.",
    "Write maxUnavailable: 1, for example.",
  );

export const podSubnetMissing = () =>
  error(
    "podNetwork is PodNetwork.routed(), but there is no podSubnet.",
    "Routes lead to the blocks of podSubnet that nodes get.",
    'Write podSubnet: "10.244.0.0/16", for example.',
  );

export const podNetworkUnreachable = () =>
  error(
    "podNetwork is PodNetwork.routed(), but all nodes have NodeAccess.directory().",
    "The rollout sets routes on hosts, so it must reach them.",
    "Give the nodes NodeAccess.ssh(…), or omit podNetwork and add your own network.",
  );

export const podNetworkUnallocated = (given: string | undefined) =>
  error(
    `podNetwork is PodNetwork.routed(), but controllerManager.extraArgs has "allocate-node-cidrs": ${show(given)}.`,
    "Routes lead to the blocks of podSubnet that the controller manager allocates to nodes.",
    "Remove the flag, or omit podNetwork and add your own network.",
  );

export const kubeletHealthOff = (node: string) =>
  error(
    `The kubelet of node ${node} has healthzPort 0, so the rollout cannot check whether it is healthy.`,
    "Allowed is a port from 1 to 65535 if the node is on a host.",
    "Omit healthzPort to use 10248, on loopback only.",
  );

export const duplicatePool = (given: string) =>
  error(
    `A worker pool named ${show(given)} exists already.`,
    "Each name may be used only once.",
    "Choose another name, or add these nodes to that pool.",
  );

export const unknownWorker = (given: string, workers: readonly string[]) =>
  error(
    `${show(given)} is not a worker of this pool.`,
    `Its workers: ${workers.join(", ") || "none"}.`,
    "Name one of these, or add the worker to nodes.",
  );

export const wrongBindAddressFamily = (
  node: string,
  given: string,
  serviceSubnet: string,
) =>
  error(
    `bindAddress ${show(given)} of node ${node} has a different IP family than serviceSubnet ${show(serviceSubnet)}.`,
    "The API server advertises an address of that family, so it must listen on one.",
    'Write the address of the node, "0.0.0.0" or "::", or omit bindAddress.',
  );

export const loopbackBindAddress = (node: string, given: string) =>
  error(
    `bindAddress ${show(given)} of node ${node} can be reached only from the node itself.`,
    "Allowed is an address at which the rest of the cluster reaches the API server.",
    'Write the address of the node, "0.0.0.0" or "::", or omit bindAddress.',
  );

export const invalidCriSocket = (node: string, given: string) =>
  error(
    `criSocket of node ${node} is ${show(given)}.`,
    "Allowed is the URL of a socket: unix:// and an absolute path.",
    'Write "unix:///run/containerd/containerd.sock", for example.',
  );

export const unknownNode = (given: string, nodes: readonly string[]) =>
  error(
    `${show(given)} is not a node of the cluster.`,
    `Its nodes: ${nodes.join(", ")}.`,
    "Name one of these, or add the node to nodes.",
  );
