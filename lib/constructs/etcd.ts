import type { ExtraArgs, ExtraEnv, ImageOverride } from "../catalog/site";

export interface StackedEtcdProps {
  /**
   * Where its data are on a node.
   * @default "/var/lib/etcd"
   */
  readonly dataDir?: string;

  /**
   * Flags by name without dashes; a list repeats the flag.
   * @default - none
   */
  readonly extraArgs?: ExtraArgs;

  /** @default - none */
  readonly extraEnvs?: readonly ExtraEnv[];

  /** @default - the etcd that this Kubernetes comes with */
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

export interface ExternalEtcdProps {
  /** URLs: `https://etcd-1:2379`. */
  readonly endpoints: readonly string[];

  /**
   * URLs that answer HTTP (health, metrics) where etcd keeps it apart from gRPC. Kubernetes 1.35 and newer.
   * @default - `endpoints`
   */
  readonly httpEndpoints?: readonly string[];

  /**
   * Path on the nodes. The three files come together or not at all.
   * @default - etcd without TLS
   */
  readonly caFile?: string;

  /** @default - etcd without TLS */
  readonly certFile?: string;

  /** @default - etcd without TLS */
  readonly keyFile?: string;
}

/** Where the cluster's data are. */
export class Etcd {
  /** A member on each control-plane node, kubeadm's way. */
  static stacked(props: StackedEtcdProps = {}): Etcd {
    return new Etcd({ kind: "stacked", ...props });
  }

  /** A cluster that exists elsewhere. */
  static external(props: ExternalEtcdProps): Etcd {
    return new Etcd({ kind: "external", ...props });
  }

  private constructor(
    /** @internal */
    readonly options:
      | ({ readonly kind: "stacked" } & StackedEtcdProps)
      | ({ readonly kind: "external" } & ExternalEtcdProps),
  ) {}
}
