import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { run } from "./agent";
import { Resource } from "./resource";
import type { StoreFolder } from "./store-folder";

/**
 * Fails an apply while certificates of the store wait for an authority whose key is elsewhere, after everything
 * that can be made was made, and says what to sign and where it goes.
 */
export class Signatures extends Resource {
  private readonly batches = new Map<string, Resource>();

  constructor(
    scope: Construct,
    id: string,
    private readonly store: StoreFolder,
  ) {
    super(scope, id, store);
  }

  get description() {
    return { kind: "signatures" } as const;
  }

  addBatch(batch: Resource & { readonly name: string }): void {
    this.batches.set(batch.name, batch);
  }

  protected override triggers() {
    return Object.fromEntries(
      [...this.batches].map(([name, batch]) => [
        name,
        batch.replacement.toString(),
      ]),
    );
  }

  protected override run() {
    return run(this.store, {
      action: "signatures",
      store: this.store.location,
      stack: TerraformStack.of(this).node.id,
    });
  }
}
