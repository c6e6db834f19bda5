import type { SiteRuntime } from "../catalog/site";

/** How the components of a cluster are run on its nodes. */
export class Runtime {
  /** As static pods of each node's kubelet, kubeadm's way. */
  static staticPods(): Runtime {
    return new Runtime({ kind: "static-pods" });
  }

  private constructor(
    /** @internal */
    readonly site: SiteRuntime,
  ) {}
}
