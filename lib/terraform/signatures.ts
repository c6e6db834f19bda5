import type { Construct } from "constructs";
import { run } from "./agent";
import { Resource } from "./resource";
import type { StoreFolder } from "./store-folder";

/**
 * Fails an apply while certificates of the store wait for the signature of an external CA, and says what to sign and
 * where to put it. It runs after all batches, so that everything else is made.
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
    return run(this, this.store, { action: "signatures" });
  }
}
