import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { run } from "./agent";
import { ownerKept } from "./owner";
import { Resource } from "./resource";
import type { StoreFolder } from "./store-folder";

export interface TeardownProps {
  readonly store: StoreFolder;
  /** Whether the authorities and the service account key pair stay. */
  readonly retainAuthorities: boolean;
}

/**
 * Undoes on destroy what the store's inventory says was done. Every node's batch and every rollout depends on it,
 * so that it is there before anything is done, also when the first apply fails half way, and goes after
 * everything but the machines. There is one in each store, so that it also refuses plans over the store of another.
 */
export class Teardown extends Resource {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: TeardownProps,
  ) {
    super(scope, id, props.store);
    const stack = TerraformStack.of(this).node.id;
    this.lifecycle = {
      ignoreChanges: [this.triggersAttribute],
      precondition: ownerKept(props.store, stack),
    };
  }

  get description() {
    const { retainAuthorities } = this.props;
    return { kind: "teardown", retainAuthorities } as const;
  }

  protected override triggers() {
    return this.kindTrigger;
  }

  protected override run() {
    const { store, retainAuthorities } = this.props;
    const stack = TerraformStack.of(this).node.id;
    return run(
      store,
      { action: "teardown", store: store.location, stack, retainAuthorities },
      { when: "destroy" },
    );
  }
}
