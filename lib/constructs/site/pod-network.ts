/** The network between pods on different nodes. */
export class PodNetwork {
  /**
   * Uses routes: each node gets a bridge for its own block of `podSubnet`, and a route to the block of each other node.
   * All nodes must be in the same network segment. It needs only the standard CNI plugins.
   */
  static routed(): PodNetwork {
    return new PodNetwork("routed");
  }

  private constructor(
    /** @internal */
    readonly kind: "routed",
  ) {}
}
