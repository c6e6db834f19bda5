import { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { run } from "./agent";
import type { Batch } from "./batch";
import { Resource } from "./resource";
import type { Store } from "./store";

/**
 * Fails an apply while certificates of the store wait for an authority whose key is elsewhere, after everything
 * that can be made was made, and says what to sign and where it goes.
 */
export class Signatures extends Construct {
  readonly resource: Resource;
  private readonly batches = new Map<string, Batch>();

  constructor(scope: Construct, id: string, props: { readonly store: Store }) {
    super(scope, id);
    this.resource = new Resource(this, "Resource", {
      provider: props.store.provider,
      triggers: () =>
        Object.fromEntries(
          [...this.batches].map(([name, batch]) => [name, batch.resource.id]),
        ),
      run: () =>
        run(this, {
          action: "signatures",
          store: props.store.location,
          stack: TerraformStack.of(this).node.id,
        }),
    });
  }

  addBatch(batch: Batch): void {
    this.batches.set(batch.name, batch);
  }
}
