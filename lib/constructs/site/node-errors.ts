import { error, show } from "../errors";

/** Errors about machines and the ways to them: what was given, what is allowed, what to do. */

export const duplicateNode = (
  what: "name" | "address" | "machineId" | "access",
  given: string,
) =>
  error(
    `Two nodes have the ${what} ${show(given)}.`,
    `Each node has ${what === "name" || what === "machineId" ? "a" : "an"} ${what} of its own, workers too.`,
    "Change one of them, or remove it.",
  );

export const invalidSshHost = (given: string) =>
  error(
    `The SSH host ${show(given)} is not one.`,
    "Allowed are an IP address without brackets, a name of letters, digits, . _ and -, or a token.",
    'Write NodeAccess.ssh({ host: "10.0.0.11", user: "admin", port: 22 }), for example.',
  );

export const invalidSshUser = (given: string) =>
  error(
    `The SSH user ${show(given)} is not one.`,
    "Allowed is a name without blanks and a shell's characters that doesn't begin with -.",
    'Write user: "admin", for example.',
  );

export const invalidJumpHost = (given: string) =>
  error(
    `jumpHost ${show(given)} is not [user@]host[:port].`,
    "Allowed is one machine, IPv6 in brackets.",
    'Write jumpHost: "admin@bastion.example.org:22", for example; more than one belong into the configuration of OpenSSH.',
  );

export const invalidIdentityFile = (given: string) =>
  error(
    `identityFile ${show(given)} is not the path of a file.`,
    "Allowed is a path that is absolute or relative to the working directory.",
    'Write identityFile: "~/.ssh/id_ed25519", for example.',
  );

export const invalidHostKey = (given: string) =>
  error(
    `hostKey ${show(given)} is not a public host key.`,
    "Allowed is what /etc/ssh/ssh_host_ed25519_key.pub on the machine has: ssh-ed25519, ssh-rsa or ecdsa-sha2-nistp256, -384, -521, a blank and the key in base64.",
    "Copy it from there, or leave hostKey out: then the first key that the machine shows is remembered.",
  );

export const invalidMachineId = (node: string, given: string) =>
  error(
    `machineId ${show(given)} of node ${node} is not one.`,
    "Allowed are the 32 hexadecimal digits, in lower case, that /etc/machine-id on the machine has, or a token.",
    "Copy it from there, or leave it out.",
  );

export const mixedAccess = (where: string, directory: string, hosted: string) =>
  error(
    `${where} has ${directory}, whose files stay in the store, beside ${hosted}, which is reached.`,
    "Allowed is NodeAccess.directory() for all of them or for none: an etcd and a cluster come up only with all their nodes, and nobody would start the one.",
    "Give all of them NodeAccess.ssh(…) or NodeAccess.local(), or none.",
  );

export const unreachableControlPlane = (pool: string) =>
  error(
    `The worker pool ${pool} is reached, but the nodes of its control plane are not: their access is NodeAccess.directory().`,
    "Workers join through the API server of a node that is reached.",
    "Give the control plane's nodes NodeAccess.ssh(…), or these workers NodeAccess.directory().",
  );

export const unsignedWorkers = (pool: string) =>
  error(
    `The workers of the pool ${pool} cannot join: the cluster signs their kubelets' certificates, and the key of its certificate authority is elsewhere.`,
    "Allowed are workers with NodeAccess.directory(), whose kubelets get their kubeconfigs by another way.",
    "Give them NodeAccess.directory(), or the cluster an authority with its key.",
  );

export const nothingLeft = () =>
  error(
    "All nodes have retire: true.",
    "Allowed is that at least one node of the control plane stays.",
    "Leave retire out of one of them; to remove the cluster, destroy it.",
  );

export const retiredDirectory = (node: string) =>
  error(
    `Node ${node} has retire: true and NodeAccess.directory().`,
    "Only a machine that is reached can be taken out of its cluster.",
    "Remove the node from the list instead.",
  );

export const invalidMaxUnavailable = (where: string, given: unknown) =>
  error(
    `maxUnavailable ${show(given)} of ${where} is not a number of nodes.`,
    "Allowed are whole numbers from 1 on.",
    "Write maxUnavailable: 1, for example.",
  );

export const podSubnetMissing = () =>
  error(
    "podNetwork is PodNetwork.routed(), but there is no podSubnet.",
    "Routes lead to the blocks that nodes get of the pods' subnet.",
    'Write podSubnet: "10.244.0.0/16", for example.',
  );

export const podNetworkUnreachable = () =>
  error(
    "podNetwork is PodNetwork.routed(), but no node is reached: their access is NodeAccess.directory().",
    "Routes are set on machines.",
    "Give the nodes NodeAccess.ssh(…), or leave podNetwork out and bring a network of your own.",
  );

export const podNetworkUnallocated = () =>
  error(
    'podNetwork is PodNetwork.routed(), but controllerManager.extraArgs has "allocate-node-cidrs": "false".',
    "Routes lead to the blocks of podSubnet that the controller manager gives to nodes.",
    "Remove the flag, or leave podNetwork out and bring a network of your own.",
  );

export const kubeletHealthOff = (node: string) =>
  error(
    `The kubelet of node ${node} has healthzPort 0, so that nobody can ask whether it is well.`,
    "Allowed is a port from 1 to 65535 where the node is reached.",
    "Leave healthzPort out: it is 10248, on the loopback address only.",
  );

export const duplicatePool = (given: string) =>
  error(
    `There is a worker pool ${show(given)} already.`,
    "Allowed is one of each name.",
    "Choose another name, or add these nodes to that one.",
  );

export const unknownWorker = (given: string, workers: readonly string[]) =>
  error(
    `${show(given)} is not a worker of this pool.`,
    `Its workers: ${workers.join(", ") || "none"}.`,
    "Name one of them, or add it to nodes.",
  );

export const foreignBindAddress = (
  node: string,
  given: string,
  serviceSubnet: string,
) =>
  error(
    `bindAddress ${show(given)} of node ${node} is of another family than serviceSubnet ${show(serviceSubnet)}.`,
    "The API server advertises an address of that family, and has to listen there.",
    'Write the address of the node, "0.0.0.0" or "::", or leave it out.',
  );

export const loopbackBindAddress = (node: string, given: string) =>
  error(
    `bindAddress ${show(given)} of node ${node} is one that only the node itself reaches.`,
    "Allowed is an address where the rest of the cluster finds the API server.",
    'Write the address of the node, "0.0.0.0" or "::", or leave it out.',
  );

export const invalidCriSocket = (node: string, given: string) =>
  error(
    `criSocket of node ${node} is ${show(given)}.`,
    "Allowed is the URL of a socket: unix:// and an absolute path.",
    'Write "unix:///run/containerd/containerd.sock", for example.',
  );
