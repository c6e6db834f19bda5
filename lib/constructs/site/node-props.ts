import type { ExtraArgs, Taint } from "../../catalog/site";
import type { NodeAccess } from "./node-access";

/** Describes a node of the cluster. */
export interface MachineProps {
  /**
   * Its name in the cluster: an RFC 1123 subdomain in lower case, as a literal. No other node may have it. It is part
   * of the node's certificates and of the paths of its files in the store.
   */
  readonly name: string;

  /** The IP address at which the rest of the cluster reaches the node: IPv4, or IPv6 without brackets. */
  readonly address: string;

  /**
   * More IP addresses. They are in the node's certificates, and kubelet's `--node-ip` includes one of another IP
   * family.
   * @default - none
   */
  readonly addresses?: readonly string[];

  /**
   * How the node's host is reached.
   * @default NodeAccess.directory()
   */
  readonly access?: NodeAccess;

  /**
   * The content of `/etc/machine-id` on the host. If it changes, the host was reinstalled: the rollout removes the old
   * node from the cluster and adds the new one.
   * @default - any machine that answers is accepted
   */
  readonly machineId?: string;

  /**
   * Whether to take the node out of the cluster while its machine still exists: it is drained, and removed from etcd.
   * After that is applied, remove the node from the list, and delete its machine.
   * @default false
   */
  readonly retire?: boolean;

  /**
   * The URL of the container runtime's socket.
   * @default "unix:///run/containerd/containerd.sock"
   */
  readonly criSocket?: string;

  /**
   * Flags of this node's kubelet. They override `kubelet.extraArgs`.
   * @default - none
   */
  readonly kubeletExtraArgs?: ExtraArgs;

  /**
   * Your own files for this node, an audit policy for example.
   * @default - none
   */
  readonly files?: readonly NodeFile[];
}

/** Describes a control-plane node. Its API server and its etcd member advertise its `address`. */
export interface NodeProps extends MachineProps {
  /**
   * The API server's port, 1 to 65535.
   * @default 6443
   */
  readonly bindPort?: number;

  /**
   * The address that the API server listens on (its `--bind-address`): an address of the host, or all addresses of an
   * IP family (`0.0.0.0`, `::`).
   * @default - all addresses of the host
   */
  readonly bindAddress?: string;

  /**
   * Labels of its Node object.
   * @default - only the labels that kubeadm sets
   */
  readonly labels?: Readonly<Record<string, string>>;

  /**
   * Taints of its Node object. An empty list allows it to run all pods.
   * @default - the taint that kubeadm sets, `node-role.kubernetes.io/control-plane:NoSchedule`
   */
  readonly taints?: readonly Taint[];

  /**
   * When kubelet pulls the images of its static pods.
   * @default "IfNotPresent"
   */
  readonly imagePullPolicy?: "Always" | "IfNotPresent" | "Never";
}

/**
 * Describes your own file on a node, with either `text` or `source`. When it changes, the components that mount it
 * restart.
 */
export interface NodeFile {
  /** Its absolute path on the node. */
  readonly path: string;

  /**
   * Its content. Not for secrets: plan and state show it.
   * @default - the content of `source`
   */
  readonly text?: string;

  /**
   * A file on this machine, relative to the working directory. Terraform sees only its path and its hash; the agent
   * reads it at apply.
   * @default - the content is `text`
   */
  readonly source?: string;

  /**
   * Its mode on the node: four octal digits.
   * @default - "0600", or "0640" if a flag of a unit names the file
   */
  readonly mode?: string;

  /**
   * Its owner on the node: `user:group`, by name or number.
   * @default - `root:root`, or `root:<user>` if a flag of a unit that `<user>` runs names the file
   */
  readonly owner?: string;
}
