import type { Construct } from "constructs";
import type { ComponentRequest, NodeRequest } from "../../request/request";
import { binaryRequests } from "../site/binaries";

/** An additional component of a single node. */
export interface NodeAddition {
  readonly component: ComponentRequest;
  /** The user that runs it. */
  readonly user: string;
  /** The path of its program on the node. */
  readonly binary: string;
}

/** The components that were added to single nodes of a cluster. */
export class NodeAdditions {
  private readonly byNode = new Map<string, readonly NodeAddition[]>();

  constructor(
    private readonly scope: Construct,
    /** The directory on this machine that binaries are delivered from. Undefined if they are on the nodes already. */
    private readonly binaries: () => string | undefined,
  ) {}

  add(node: string, addition: NodeAddition): void {
    this.byNode.set(node, [...(this.byNode.get(node) ?? []), addition]);
  }

  /** Returns the request of a node with its additions, which come before its kubelet. */
  applyTo(request: NodeRequest): NodeRequest {
    const additions = this.byNode.get(request.name);
    if (!additions) return request;
    const { components, binaries = [], users = [] } = request;
    const paths = new Set(additions.map(({ binary }) => binary));
    return {
      ...request,
      components: [
        ...components.slice(0, -1),
        ...additions.map(({ component }) => component),
        ...components.slice(-1),
      ],
      binaries: [
        ...binaries,
        ...binaryRequests(this.scope, [...paths], {
          binaries: this.binaries(),
        }),
      ],
      users: [...new Set([...users, ...additions.map(({ user }) => user)])],
    };
  }
}
