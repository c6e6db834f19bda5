import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { RolloutRequest } from "../agent/request";
import { run } from "./agent";
import type { Batch } from "./batch";
import { Resource } from "./resource";
import type { Store } from "./store";

export interface RolloutProps {
  readonly store: Store;
  /** Asked for at synthesis, because a cluster grows until then. */
  readonly request: () => Omit<RolloutRequest, "action" | "store" | "stack">;
  /** What has to be in the store before. */
  readonly batches: readonly Batch[];
}

/** Brings every node to its tree in the store: one process that sees them all. */
export class Rollout extends Resource {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: RolloutProps,
  ) {
    super(scope, id, props.store.provider);
    this.addDependency(props.store.teardown);
  }

  override toTerraform(): Record<string, unknown> {
    const { waiting } = this.props.store;
    if (waiting) this.addDependency(waiting);
    return super.toTerraform();
  }

  protected override triggers() {
    const { batches } = this.props;
    const request = this.props.request();
    return {
      nodes: request.nodes.map(({ name }) => name).join(", "),
      endpoint: request.endpoint,
      kubernetes_version: request.kubernetesVersion,
      ...Object.fromEntries(
        batches.map((batch) => [
          `batch ${batch.name}`,
          batch.replacement.toString(),
        ]),
      ),
    };
  }

  protected override run() {
    const { store, request } = this.props;
    const stack = TerraformStack.of(this).node.id;
    return run(store, {
      ...request(),
      action: "rollout",
      store: store.location,
      stack,
    });
  }
}
