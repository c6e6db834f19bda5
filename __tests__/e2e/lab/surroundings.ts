import type { Machine } from "../machines";
import type { HostImage } from "./image";

/** The properties of a host. */
export interface HostProps {
  readonly name: string;
  /** Its address in the lab's network. */
  readonly address: string;
  /**
   * Whether it already has the images of Kubernetes.
   * @default true
   */
  readonly images?: boolean;
  /**
   * Whether it runs containers. Dedicated etcd hosts do not need to.
   * @default true
   */
  readonly containerd?: boolean;
}

/** The surroundings of a host, which its lab provides. */
export interface Surroundings {
  readonly id: string;
  /** The machine that deploys. */
  readonly admin: Machine;
  readonly image: HostImage;
  /** The folder of the disks. */
  readonly directory: string;
  /** The entries of all hosts' /etc/hosts. */
  readonly hosts: Readonly<Record<string, string>>;
  /** The address of the admin machine, which is every host's default gateway. */
  readonly gateway: string;
  readonly prefix: number;
  readonly sshKey: string;
  /** The pod subnet for a host's address. Absent if pods have no network. */
  readonly podSubnet?: (address: string) => string;
  /** Adds a host's key to the known hosts of SSH clients. */
  readonly introduce: (address: string, key: string) => void;
}
