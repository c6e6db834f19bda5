import { checkProps } from "../../props/check";
import type { ManifestsProps } from "./manifests-props";

/** The network between pods on different nodes. */
export class PodNetwork {
  /**
   * Uses routes: each node gets a bridge for its own block of `podSubnet`, and a route to the block of each other node.
   * All nodes must be in the same network segment. It needs only the standard CNI plugins.
   */
  static routed(): PodNetwork {
    return new PodNetwork("routed");
  }

  /**
   * Uses another project, such as Cilium, Calico or Flannel: its manifests are applied before all others, and each
   * rollout waits until its nodes are `Ready`, for at most 10 minutes, because the network's images have to be pulled.
   * In the store, the manifests are `objects/pod-network.yaml`.
   */
  static manifests(props: ManifestsProps): PodNetwork {
    checkProps("ManifestsProps", props, "PodNetwork.manifests");
    return new PodNetwork("manifests", props);
  }

  private constructor(
    /** @internal */
    readonly kind: "routed" | "manifests",
    /** @internal */
    readonly props?: ManifestsProps,
  ) {}
}
