/** How a node's files get to it. */
export class NodeAccess {
  /** They do not: the store's tree of this node is where they stay, for an image or another tool to take. */
  static directory(): NodeAccess {
    return new NodeAccess({ kind: "directory" });
  }

  private constructor(
    /** @internal */
    readonly options: { readonly kind: "directory" },
  ) {}
}
