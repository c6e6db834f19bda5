import { Construct } from "constructs";
import { run } from "./agent";
import { Resource } from "./resource";
import type { Store } from "./store";
import { TerraformStack } from "cdktf";

/**
 * Undoes on destroy what the store's inventory says was done. Every node's batch and every rollout depends on it,
 * so that it is there before anything is done, also when the first apply fails half way, and goes after
 * everything but the machines.
 */
export class Teardown extends Construct {
  readonly resource: Resource;

  constructor(
    scope: Construct,
    id: string,
    props: { readonly store: Store; readonly retainAuthorities: boolean },
  ) {
    super(scope, id);
    this.resource = new Resource(this, "Resource", {
      provider: props.store.provider,
      run: () =>
        run(
          this,
          {
            action: "teardown",
            store: props.store.location,
            stack: TerraformStack.of(this).node.id,
            retainAuthorities: props.retainAuthorities,
          },
          { when: "destroy" },
        ),
    });
  }
}
