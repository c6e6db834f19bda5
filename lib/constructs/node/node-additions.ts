import type { Construct } from "constructs";
import type { RunningComponent } from "../../render/node-request";
import type { NodeRequest } from "../../terraform/rollout";
import { binaryRequest } from "./node-request";

/** Something that runs on a node beside what every node has, who runs it, and its program there. */
export interface NodeAddition {
  readonly component: RunningComponent;
  readonly user: string;
  readonly binary: string;
}

/** What was added to the nodes of a cluster. */
export class NodeAdditions {
  private readonly byNode = new Map<string, readonly NodeAddition[]>();

  constructor(
    private readonly scope: Construct,
    /** Where binaries are brought from; absent: they are on the nodes. */
    private readonly binaries: () => string | undefined,
  ) {}

  add(node: string, addition: NodeAddition): void {
    this.byNode.set(node, [...(this.byNode.get(node) ?? []), addition]);
  }

  /** A node with what was added to it, before its kubelet. */
  to(request: NodeRequest): NodeRequest {
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
        ...[...paths].map((path) =>
          binaryRequest(this.scope, path, this.binaries()),
        ),
      ],
      users: [...new Set([...users, ...additions.map(({ user }) => user)])],
    };
  }
}
