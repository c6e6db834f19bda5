import { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import type { RolloutRequest } from "../agent/request";
import { run } from "./agent";
import type { Batch } from "./batch";
import { Resource } from "./resource";
import type { Store } from "./store";

export interface RolloutProps {
  readonly store: Store;
  readonly request: Omit<RolloutRequest, "action" | "store" | "stack">;
  /** What has to be in the store before. */
  readonly batches: readonly Batch[];
}

/** Brings every node to its tree in the store: one process that sees them all. */
export class Rollout extends Construct {
  readonly resource: Resource;

  constructor(
    scope: Construct,
    id: string,
    { store, request, batches }: RolloutProps,
  ) {
    super(scope, id);
    this.resource = new Resource(this, "Resource", {
      provider: store.provider,
      triggers: () => ({
        nodes: request.nodes.map(({ name }) => name).join(", "),
        endpoint: request.endpoint,
        kubernetes_version: request.kubernetesVersion,
        ...Object.fromEntries(
          batches.map((batch) => [`batch ${batch.name}`, batch.resource.id]),
        ),
      }),
      run: () =>
        run(this, {
          ...request,
          action: "rollout",
          store: store.location,
          stack: TerraformStack.of(this).node.id,
        }),
    });
    this.resource.addDependency(store.teardown.resource);
    if (store.existingSignatures)
      this.resource.addDependency(store.existingSignatures.resource);
  }
}
