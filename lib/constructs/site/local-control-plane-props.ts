import type { ExtraArgs } from "../../catalog/site";
import type { ClusterProps } from "./cluster-props";
import type { ControlPlaneOptions } from "./control-plane-props";
import type { Duration } from "../duration";
import type { NodeFile } from "./node-props";

/** An API server for debugging on this machine: its etcd and all of it are processes of who deploys. */
export interface LocalControlPlaneProps
  extends
    Pick<
      ControlPlaneOptions,
      | "outputDirectory"
      | "store"
      | "provider"
      | "removalPolicy"
      | "certificateAuthority"
      | "etcdCertificateAuthority"
      | "frontProxyCertificateAuthority"
      | "acceptedFlags"
    >,
    Pick<
      ClusterProps,
      | "clusterName"
      | "kubernetesVersion"
      | "serviceSubnet"
      | "dnsDomain"
      | "certSans"
      | "keyAlgorithm"
      | "certificateValidity"
      | "renewBefore"
      | "allowUnknownFlags"
    > {
  /**
   * The folder with `etcd`, `kube-apiserver` and whatever else is to run: relative to the working directory, absolute,
   * or below `~/`. Another build there is started by the next `cdktf-control-plane deploy`.
   * @default - each is looked for on the PATH of who applies
   */
  readonly binaryDirectory?: string;

  /**
   * Where the API server listens, 1 to 65535.
   * @default 6443
   */
  readonly port?: number;

  /**
   * Ports and flags of etcd, and whether it speaks TLS.
   * @default - etcd's own ports, without TLS
   */
  readonly etcd?: LocalEtcdProps;

  /**
   * Flags and variables of kube-apiserver.
   * @default - as the other props say
   * @see https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/
   */
  readonly apiServer?: LocalComponentProps;

  /**
   * Runs kube-controller-manager too, which makes the service account of each namespace among much else; `{}` as it is.
   * @default - it isn't run
   * @see https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/
   */
  readonly controllerManager?: LocalControllerProps;

  /**
   * Runs kube-scheduler too; `{}` as it is.
   * @default - it isn't run
   * @see https://kubernetes.io/docs/reference/command-line-tools-reference/kube-scheduler/
   */
  readonly scheduler?: LocalControllerProps;

  /**
   * Files of yours that flags name: an audit policy, for example. `path` is from where the processes run, so that a flag
   * has it as it is: `etc/kubernetes/audit-policy.yaml`. Whoever reads one is started again when it changes.
   * @default - none
   */
  readonly files?: readonly Pick<NodeFile, "path" | "text" | "source">[];

  /**
   * How long certificate authorities are valid. Another value signs those that exist again, with the same keys.
   * @default - 10 years, or one more than `certificateValidity` where that is longer
   */
  readonly caCertificateValidity?: Duration;

  /**
   * How long a process may take until it serves. One that ends is an error at once.
   * @default Duration.minutes(1)
   */
  readonly startupTimeout?: Duration;
}

/** What a process can be told. */
export interface LocalComponentProps {
  /**
   * Flags by name without dashes; a list repeats the flag. They win over what is set otherwise. Relative paths are from
   * where the processes run: `<store>/nodes/local/root`.
   * @default - none
   */
  readonly extraArgs?: ExtraArgs;

  /**
   * What is added to flags that are lists, to the default or to what `extraArgs` has.
   * @default - nothing
   */
  readonly addArgs?: ExtraArgs;

  /**
   * Environment variables: `GODEBUG`, for example. Public: plan and state show them.
   * @default - none
   */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A controller manager or scheduler of this machine. */
export interface LocalControllerProps extends LocalComponentProps {
  /**
   * Where it listens, 1 to 65535.
   * @default - 10257 for the controller manager, 10259 for the scheduler
   */
  readonly port?: number;
}

/** The etcd of this machine. */
export interface LocalEtcdProps extends LocalComponentProps {
  /**
   * Where API servers and other clients reach it, 1 to 65535.
   * @default 2379
   */
  readonly clientPort?: number;

  /**
   * Where other members would reach it, 1 to 65535.
   * @default 2380
   */
  readonly peerPort?: number;

  /**
   * Where it tells its health and its metrics, 1 to 65535.
   * @default 2381
   */
  readonly metricsPort?: number;

  /**
   * Whether clients and peers need certificates. Without, everybody on this machine can read and write all of it.
   * @default false
   */
  readonly tls?: boolean;
}
