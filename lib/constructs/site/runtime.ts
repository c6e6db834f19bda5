import type {
  ProcessesRuntime,
  Site,
  SiteRuntime,
  SystemdRuntime,
} from "../../catalog/site";
import { validateSystemd } from "./runtime-validation";
import { checkProps } from "../../props/check";
import { withoutSlash } from "../hosts";

/** Options for components that run as systemd units. */
export interface SystemdProps {
  /**
   * The directory on the nodes with the binaries, an absolute path. The binaries are `etcd`, `kube-apiserver`,
   * `kube-controller-manager`, `kube-scheduler`, `kubelet` and `kube-proxy`.
   * @default "/usr/local/bin"
   */
  readonly binaryDirectory?: string;

  /**
   * The directory on this machine from which the binaries are delivered, relative to the working directory. A plan
   * shows each binary that changed.
   * @default - nothing is delivered: the binaries are on the nodes already
   */
  readonly binaries?: string;

  /**
   * The directory on the nodes for log files, an absolute path. Each component writes to `<component>.log`. The library
   * does not rotate them.
   * @default - components log to systemd's journal
   */
  readonly logDirectory?: string;

  /**
   * The user that runs the API server, the controller manager and the scheduler. If it is missing, it is created, with
   * a group of the same name. `root` is allowed.
   * @default "kubernetes"
   */
  readonly user?: string;

  /**
   * The user that runs etcd. If it is missing, it is created, with a group of the same name. `root` is allowed.
   * @default "etcd"
   */
  readonly etcdUser?: string;
}

/** How the components of a cluster run on its nodes. */
export class Runtime {
  /** Runs components as static pods of each node's kubelet, like kubeadm. */
  static staticPods(): Runtime {
    return new Runtime({ kind: "static-pods" });
  }

  /**
   * Runs components, including kubelet and kube-proxy, as systemd units. Only add-ons and workloads run in pods. Throws
   * if a path or a user name is not valid.
   */
  static systemd(props: SystemdProps = {}): Runtime {
    checkProps("SystemdProps", props, "Runtime.systemd");
    const runtime: SystemdRuntime = {
      kind: "systemd",
      binaryDirectory: withoutSlash(props.binaryDirectory ?? "/usr/local/bin"),
      logDirectory:
        props.logDirectory === undefined
          ? undefined
          : withoutSlash(props.logDirectory),
      users: {
        etcd: props.etcdUser ?? "etcd",
        kubernetes: props.user ?? "kubernetes",
      },
    };
    validateSystemd(runtime);
    return new Runtime(runtime, { binaries: props.binaries });
  }

  /**
   * Runs components as processes of the user who deploys. @param adapt Changes the site for a host into the local site.
   * @internal
   */
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

  /** The directory on this machine from which binaries are delivered. @internal */
  get binaries(): string | undefined {
    return this.options.binaries;
  }

  /** Changes the site for a host into the site for this runtime. @internal */
  adapt(site: Site): Site {
    return this.options.adapt?.(site) ?? site;
  }
}
