import type {
  ProcessesRuntime,
  Site,
  SiteRuntime,
  SystemdRuntime,
} from "../../catalog/site";
import { validateSystemd } from "./runtime-validation";
import { checkProps } from "../../props/check";

/** How components are run as units of systemd. */
export interface SystemdProps {
  /**
   * Where the binaries are on the nodes, an absolute path: `etcd`, `kube-apiserver`, `kube-controller-manager`,
   * `kube-scheduler`, `kubelet`, `kube-proxy`.
   * @default "/usr/local/bin"
   */
  readonly binaryDirectory?: string;

  /**
   * The directory on this machine that they are delivered from, relative to the working directory. A plan shows each
   * one that changed.
   * @default - they are on the nodes already
   */
  readonly binaries?: string;

  /**
   * Where components write what they log, each to `<component>.log`: an absolute path. Nobody rotates them.
   * @default - to systemd's journal
   */
  readonly logDirectory?: string;

  /**
   * Who runs the API server, the controller manager and the scheduler. Made where it is missing, with a group of its
   * name; `root` is allowed.
   * @default "kubernetes"
   */
  readonly user?: string;

  /**
   * Who runs etcd. Made where it is missing, with a group of its name; `root` is allowed.
   * @default "etcd"
   */
  readonly etcdUser?: string;
}

/** How the components of a cluster are run on its nodes. */
export class Runtime {
  /** As static pods of each node's kubelet, kubeadm's way. */
  static staticPods(): Runtime {
    return new Runtime({ kind: "static-pods" });
  }

  /**
   * As units of systemd, kubelet and kube-proxy too; only what is added to the cluster runs in pods. Throws where a path
   * or a user is not a plain one.
   */
  static systemd(props: SystemdProps = {}): Runtime {
    checkProps("SystemdProps", props, "Runtime.systemd");
    const runtime: SystemdRuntime = {
      kind: "systemd",
      binaryDirectory: props.binaryDirectory ?? "/usr/local/bin",
      logDirectory: props.logDirectory,
      users: {
        etcd: props.etcdUser ?? "etcd",
        kubernetes: props.user ?? "kubernetes",
      },
    };
    validateSystemd(runtime);
    return new Runtime(runtime, { binaries: props.binaries });
  }

  /** As processes of who deploys. @param adapt To what is not as on a host. @internal */
  static processes(
    runtime: ProcessesRuntime,
    adapt: (site: Site) => Site,
  ): Runtime {
    return new Runtime(runtime, { adapt });
  }

  private constructor(
    /** @internal */
    readonly site: SiteRuntime,
    private readonly options: {
      readonly binaries?: string;
      readonly adapt?: (site: Site) => Site;
    } = {},
  ) {}

  /** The directory on this machine that binaries come from. @internal */
  get binaries(): string | undefined {
    return this.options.binaries;
  }

  /** The site of this machine from that of a host. @internal */
  adapt(site: Site): Site {
    return this.options.adapt?.(site) ?? site;
  }
}
