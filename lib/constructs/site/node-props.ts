import type { ExtraArgs, Taint } from "../../catalog/site";
import type { NodeAccess } from "./node-access";

/** A machine of the cluster. */
export interface MachineProps {
  /**
   * Its name in the cluster: an RFC 1123 subdomain, lower case. A literal; no other node has it. Part of its
   * certificates and of its files' paths in the store.
   */
  readonly name: string;

  /** The IP address that others in the cluster reach it at: IPv4 or IPv6 without brackets. */
  readonly address: string;

  /**
   * Further addresses: in its certificates, and kubelet's `--node-ip` where one is of another family.
   * @default - none
   */
  readonly addresses?: readonly string[];

  /**
   * How its files get there.
   * @default NodeAccess.directory()
   */
  readonly access?: NodeAccess;

  /**
   * The machine's `/etc/machine-id`. Another one says that it was reinstalled: what the cluster knows of the old one is
   * removed, and it joins anew.
   * @default - whatever machine answers is the node's
   */
  readonly machineId?: string;

  /**
   * Whether it leaves the cluster while its machine still exists: drained, and out of etcd. Remove it from the list,
   * and its machine, once that is applied.
   * @default false
   */
  readonly retire?: boolean;

  /**
   * The container runtime's socket, a URL.
   * @default "unix:///run/containerd/containerd.sock"
   */
  readonly criSocket?: string;

  /**
   * Flags of this node's kubelet, over those of `kubelet.extraArgs`.
   * @default - none
   */
  readonly kubeletExtraArgs?: ExtraArgs;

  /**
   * Files of yours that belong on this node, an audit policy for example.
   * @default - none
   */
  readonly files?: readonly NodeFile[];
}

/** A control-plane node; its `address` is what its API server and etcd advertise. */
export interface NodeProps extends MachineProps {
  /**
   * The API server's port, 1 to 65535.
   * @default 6443
   */
  readonly bindPort?: number;

  /**
   * The address that the API server listens at, as its `--bind-address` says: one of the machine's, or all of a family
   * (`0.0.0.0`, `::`).
   * @default - all addresses of the machine
   */
  readonly bindAddress?: string;

  /**
   * Labels of its Node object.
   * @default - none but kubeadm's
   */
  readonly labels?: Readonly<Record<string, string>>;

  /**
   * Taints of its Node object; an empty list lets it run pods.
   * @default - kubeadm's: `node-role.kubernetes.io/control-plane:NoSchedule`
   */
  readonly taints?: readonly Taint[];

  /**
   * When kubelet pulls the images of its static pods.
   * @default "IfNotPresent"
   */
  readonly imagePullPolicy?: "Always" | "IfNotPresent" | "Never";
}

/** A file of yours on a node: either `text` or `source`. A component that mounts it restarts when it changes. */
export interface NodeFile {
  /** Where it goes, an absolute path. */
  readonly path: string;

  /**
   * Its content. Public: plan and state show it.
   * @default - the content of `source`
   */
  readonly text?: string;

  /**
   * A file on this machine, relative to the working directory. Terraform sees its path and its hash; it is
   * read at apply.
   * @default - `text`
   */
  readonly source?: string;

  /**
   * Its permissions on the node: four octal digits.
   * @default - "0600"; "0640" where a flag of a unit names it
   */
  readonly mode?: string;

  /**
   * Whose it is on the node: `user:group`, by name or number.
   * @default - `root:root`; `root:<user>` where a flag of that user's unit names it
   */
  readonly owner?: string;
}
