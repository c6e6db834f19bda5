/** How pods of different nodes reach each other. */
export class PodNetwork {
  /**
   * By routes: each node gets a bridge for its own block of `podSubnet` and a route to the block of every other. The
   * nodes have to be in one network. Needs nothing but the standard CNI plugins.
   */
  static routed(): PodNetwork {
    return new PodNetwork("routed");
  }

  private constructor(
    /** @internal */
    readonly kind: "routed",
  ) {}
}
