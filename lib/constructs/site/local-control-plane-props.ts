import type { ExtraArgs } from "../../catalog/site";
import type { ClusterProps } from "./cluster-props";
import type { ControlPlaneOptions } from "./control-plane-props";
import type { Duration } from "../duration";
import type { EtcdDataProps } from "./etcd-data";
import type { NodeFile } from "./node-props";

/** Describes an API server for debugging on this machine. It and its etcd are processes of the user who deploys. */
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
      | "keys"
      | "acceptedFlags"
      | "allowChangesTo"
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
      | "admission"
      | "audit"
      | "authentication"
      | "tls"
      | "encryption"
    > {
  /**
   * The folder with the binaries of `etcd`, `kube-apiserver` and the other components to run: relative to the working
   * directory, absolute, or below `~/`. If a binary in it changes, the next `cdktf-control-plane deploy` restarts its
   * process.
   * @default - binaries are looked up on the PATH of the user who deploys
   */
  readonly binaryDirectory?: string;

  /**
   * The port of the API server, 1 to 65535.
   * @default 6443
   */
  readonly port?: number;

  /**
   * The ports and flags of etcd, and whether it uses TLS.
   * @default - etcd's usual ports, without TLS
   */
  readonly etcd?: LocalEtcdProps;

  /**
   * The flags and environment variables of kube-apiserver.
   * @default - only the flags that the other props imply
   * @see https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/
   */
  readonly apiServer?: LocalComponentProps;

  /**
   * Runs kube-controller-manager too, which among other things creates the default service account of each namespace.
   * Write `{}` to run it with its defaults.
   * @default - it does not run
   * @see https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/
   */
  readonly controllerManager?: LocalControllerProps;

  /**
   * Runs kube-scheduler too. Write `{}` to run it with its defaults.
   * @default - it does not run
   * @see https://kubernetes.io/docs/reference/command-line-tools-reference/kube-scheduler/
   */
  readonly scheduler?: LocalControllerProps;

  /**
   * Your own files that flags name, for example an audit policy. `path` is relative to the directory in which the
   * processes run, so use the same path in the flag: `etc/kubernetes/audit-policy.yaml`. When a file changes, the
   * processes that read it restart.
   * @default - none
   */
  readonly files?: readonly Pick<NodeFile, "path" | "text" | "source">[];

  /**
   * How long CAs are valid. If this changes, existing CAs are signed again with the same keys.
   * @default - 10 years, or `certificateValidity` plus one year if that is longer
   */
  readonly caCertificateValidity?: Duration;

  /**
   * How long a process may take to become healthy. If it exits, the deploy fails at once.
   * @default Duration.minutes(1)
   */
  readonly startupTimeout?: Duration;
}

/** The settings of a local process. */
export interface LocalComponentProps {
  /**
   * Flags by name, without dashes; a list repeats the flag. They override all other settings. Relative paths begin at
   * the directory in which the processes run: `<store>/nodes/local/root`.
   * @default - none
   */
  readonly extraArgs?: ExtraArgs;

  /**
   * Values to add to flags that are lists. They are added to the value in `extraArgs`, or else to the default.
   * @default - none
   */
  readonly addArgs?: ExtraArgs;

  /**
   * Environment variables, for example `GODEBUG`. Not for secrets: plan and state show them.
   * @default - none
   */
  readonly environment?: Readonly<Record<string, string>>;
}

/** The settings of a local kube-controller-manager or kube-scheduler. */
export interface LocalControllerProps extends LocalComponentProps {
  /**
   * Its port, 1 to 65535.
   * @default - 10257 for the controller manager, 10259 for the scheduler
   */
  readonly port?: number;
}

/** The settings of a local etcd. */
export interface LocalEtcdProps extends LocalComponentProps, EtcdDataProps {
  /**
   * The port for API servers and other clients, 1 to 65535.
   * @default 2379
   */
  readonly clientPort?: number;

  /**
   * The port for other members, 1 to 65535. etcd listens on it although there are none.
   * @default 2380
   */
  readonly peerPort?: number;

  /**
   * The port for its health and its metrics, 1 to 65535.
   * @default 2381
   */
  readonly metricsPort?: number;

  /**
   * Whether clients and peers must use TLS and certificates. If not, every user of this machine can read and write all
   * data.
   * @default false
   */
  readonly tls?: boolean;
}
