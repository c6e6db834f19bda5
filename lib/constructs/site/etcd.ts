import type { ExtraArgs, ExtraEnv, ImageOverride } from "../../catalog/site";
import type { MachineProps } from "./node-props";
import type { Runtime } from "./runtime";
import { checkProps } from "../../props/check";

/** A member on each control-plane node. */
export interface StackedEtcdProps {
  /**
   * Where its data are on a node, an absolute path.
   * @default "/var/lib/etcd"
   */
  readonly dataDir?: string;

  /**
   * Flags by name without dashes; a list repeats the flag. They win over what is set otherwise.
   * @default - none
   * @see https://etcd.io/docs/v3.6/op-guide/configuration/
   */
  readonly extraArgs?: ExtraArgs;

  /**
   * What is added to flags that are lists, to the default or to what `extraArgs` has: `feature-gates`.
   * @default - nothing
   */
  readonly addArgs?: ExtraArgs;

  /**
   * Environment variables, as a container has them. Public: plan and state show them.
   * @default - none
   */
  readonly extraEnvs?: readonly ExtraEnv[];

  /**
   * Repository and tag of its image.
   * @default - the etcd that this Kubernetes comes with
   */
  readonly image?: ImageOverride;

  /**
   * Further names and addresses in the certificates for clients.
   * @default - none
   */
  readonly serverCertSans?: readonly string[];

  /**
   * Further names and addresses in the certificates for peers.
   * @default - none
   */
  readonly peerCertSans?: readonly string[];
}

/** Hosts that run nothing but etcd, each a member as a unit of systemd. */
export interface DedicatedEtcdProps extends Omit<StackedEtcdProps, "image"> {
  /** The hosts, an odd number; no other node of the cluster has their names or addresses. */
  readonly nodes: readonly EtcdNodeProps[];

  /**
   * The release of its binary, `3.5.24`: flags of etcd differ between them.
   * @default - the etcd that this Kubernetes comes with
   */
  readonly version?: string;

  /**
   * How etcd is run there: `Runtime.systemd(…)`.
   * @default - the cluster's, where that is systemd, else `Runtime.systemd()`
   */
  readonly runtime?: Runtime;
}

/** A host of etcd's own; its `address` is what clients and peers reach it at. */
export type EtcdNodeProps = Omit<
  MachineProps,
  "criSocket" | "kubeletExtraArgs"
>;

/** How API servers reach an etcd that exists elsewhere. */
export interface ExternalEtcdProps {
  /** Its members' URLs: `https://etcd-1.example.org:2379`; `http://` only without the files below. */
  readonly endpoints: readonly string[];

  /**
   * URLs that answer HTTP (health, metrics) where etcd keeps it apart from gRPC. Kubernetes 1.35 and newer.
   * @default - `endpoints`
   */
  readonly httpEndpoints?: readonly string[];

  /**
   * The CA of etcd's certificates, an absolute path on the nodes. Bring the file with `files` of each node.
   * @default - etcd without TLS
   */
  readonly caFile?: string;

  /**
   * The API servers' client certificate for etcd, an absolute path on the nodes. With `keyFile` and `caFile`.
   * @default - etcd without TLS
   */
  readonly certFile?: string;

  /**
   * The key of `certFile`, an absolute path on the nodes.
   * @default - etcd without TLS
   */
  readonly keyFile?: string;
}

/** Where the cluster's data are. */
export class Etcd {
  /** A member on each control-plane node, kubeadm's way. */
  static stacked(props: StackedEtcdProps = {}): Etcd {
    checkProps("StackedEtcdProps", props, "Etcd.stacked");
    return new Etcd({ kind: "stacked", ...props });
  }

  /**
   * A member on each of some hosts that run nothing else: the external topology, made and rolled out with the control
   * plane. They are up before its API servers, which reach them with TLS and certificates of their own.
   */
  static dedicated(props: DedicatedEtcdProps): Etcd {
    checkProps("DedicatedEtcdProps", props, "Etcd.dedicated");
    return new Etcd({ kind: "dedicated", ...props });
  }

  /** A cluster that exists elsewhere. */
  static external(props: ExternalEtcdProps): Etcd {
    checkProps("ExternalEtcdProps", props, "Etcd.external");
    return new Etcd({ kind: "external", ...props });
  }

  /** What was said of hosts of its own. @internal */
  get dedicated(): DedicatedEtcdProps | undefined {
    return this.options.kind === "dedicated" ? this.options : undefined;
  }

  /** Hosts of its own, as they were given. @internal */
  get machines(): readonly EtcdNodeProps[] {
    return this.dedicated?.nodes ?? [];
  }

  private constructor(
    /** @internal */
    readonly options:
      | ({ readonly kind: "stacked" } & StackedEtcdProps)
      | ({ readonly kind: "dedicated" } & DedicatedEtcdProps)
      | ({ readonly kind: "external" } & ExternalEtcdProps),
  ) {}
}
