import type { ExtraArgs, ExtraEnv, ImageOverride } from "../../catalog/site";
import type { PeriodicBackupProps } from "./etcd-backup";
import type { EtcdDataProps } from "./etcd-data";
import type { EtcdTuningProps } from "./etcd-tuning";
import type { MachineProps } from "./node-props";
import type { Runtime } from "./runtime";
import { checkProps } from "../../props/check";

/** Describes an etcd with a member on each control-plane node. */
export interface StackedEtcdProps extends EtcdTuningProps, EtcdDataProps {
  /**
   * The data directory on a node, an absolute path.
   * @default "/var/lib/etcd"
   */
  readonly dataDir?: string;

  /**
   * Flags by name, without dashes; a list repeats the flag. They override all other settings.
   * @default - none
   * @see https://etcd.io/docs/v3.6/op-guide/configuration/
   */
  readonly extraArgs?: ExtraArgs;

  /**
   * Values to add to flags that are lists, such as `feature-gates`. They are added to the value in `extraArgs`, or else
   * to the default.
   * @default - none
   */
  readonly addArgs?: ExtraArgs;

  /**
   * Environment variables, in the format of a container. Not for secrets: plan and state show them.
   * @default - none
   */
  readonly extraEnvs?: readonly ExtraEnv[];

  /**
   * The repository and the tag of its image.
   * @default - the etcd that kubeadm uses for this Kubernetes version
   */
  readonly image?: ImageOverride;

  /**
   * More names and addresses for the certificates that etcd shows to clients.
   * @default - none
   */
  readonly serverCertSans?: readonly string[];

  /**
   * More names and addresses for the certificates that etcd members show to each other.
   * @default - none
   */
  readonly peerCertSans?: readonly string[];

  /**
   * Saves etcd regularly into files on its own hosts. `cdktf-control-plane backup` saves it into the store, with the keys.
   * @default - the hosts save nothing
   */
  readonly backup?: PeriodicBackupProps;
}

/** Describes an etcd on dedicated hosts, each of which runs one member as a systemd unit. */
export interface DedicatedEtcdProps extends Omit<StackedEtcdProps, "image"> {
  /** The hosts, preferably an odd number. No other node of the cluster may have their names or addresses. */
  readonly nodes: readonly EtcdNodeProps[];

  /**
   * The release of the etcd binary, such as `3.5.24`. The flags depend on it.
   * @default - the etcd that kubeadm uses for this Kubernetes version
   */
  readonly version?: string;

  /**
   * How etcd runs on these hosts. Only `Runtime.systemd(…)` is allowed.
   * @default - the runtime of the cluster if that is systemd, or else `Runtime.systemd()`
   */
  readonly runtime?: Runtime;
}

/** A dedicated etcd host. Clients and peers connect to its `address`. */
export type EtcdNodeProps = Omit<
  MachineProps,
  "criSocket" | "kubeletExtraArgs"
>;

/** Describes how API servers connect to an existing etcd. */
export interface ExternalEtcdProps {
  /**
   * The URLs of its members, such as `https://etcd-1.example.org:2379`. `http://` is allowed only without `caFile`,
   * `certFile` and `keyFile`.
   */
  readonly endpoints: readonly string[];

  /**
   * The URLs for HTTP requests (health, metrics), if etcd serves HTTP and gRPC on different ports. Used from Kubernetes
   * 1.35 on.
   * @default - `endpoints`
   */
  readonly httpEndpoints?: readonly string[];

  /**
   * The CA certificate of etcd, an absolute path on the nodes. Deliver it with the `files` of each node.
   * @default - none, for an etcd without TLS
   */
  readonly caFile?: string;

  /**
   * The client certificate of the API servers for etcd, an absolute path on the nodes. Needs `keyFile` and `caFile`.
   * @default - none
   */
  readonly certFile?: string;

  /**
   * The key of `certFile`, an absolute path on the nodes.
   * @default - none
   */
  readonly keyFile?: string;
}

/** The etcd that stores the cluster's data. */
export class Etcd {
  /** Runs a member on each control-plane node, like kubeadm. */
  static stacked(props: StackedEtcdProps = {}): Etcd {
    checkProps("StackedEtcdProps", props, "Etcd.stacked");
    return new Etcd({ kind: "stacked", ...props });
  }

  /**
   * Runs the members on hosts that run nothing else (the external topology), in the same rollout as the control plane.
   * They start before the API servers, which connect with TLS and client certificates.
   */
  static dedicated(props: DedicatedEtcdProps): Etcd {
    checkProps("DedicatedEtcdProps", props, "Etcd.dedicated");
    return new Etcd({ kind: "dedicated", ...props });
  }

  /** Uses an existing etcd. */
  static external(props: ExternalEtcdProps): Etcd {
    checkProps("ExternalEtcdProps", props, "Etcd.external");
    return new Etcd({ kind: "external", ...props });
  }

  /** The props of `Etcd.dedicated`. @internal */
  get dedicated(): DedicatedEtcdProps | undefined {
    return this.options.kind === "dedicated" ? this.options : undefined;
  }

  /** The dedicated hosts. @internal */
  get machines(): readonly EtcdNodeProps[] {
    return this.dedicated?.nodes ?? [];
  }

  /** What happens to its data. @internal */
  get data(): EtcdDataProps {
    return this.options.kind === "external" ? {} : this.options;
  }

  private constructor(
    /** @internal */
    readonly options:
      | ({ readonly kind: "stacked" } & StackedEtcdProps)
      | ({ readonly kind: "dedicated" } & DedicatedEtcdProps)
      | ({ readonly kind: "external" } & ExternalEtcdProps),
  ) {}
}
