import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { run } from "./agent";
import { ownerKept } from "./owner";
import { Resource } from "./resource";
import type { StoreFolder } from "./store-folder";

export interface TeardownProps {
  readonly store: StoreFolder;
  /** Whether the CAs and the service account key pair are kept. */
  readonly retainAuthorities: boolean;
}

/**
 * On destroy, removes everything that was made and started according to the store's inventory. All batches of nodes and
 * all rollouts depend on it. So it is created before anything is done, which helps if the first apply fails, and it is
 * destroyed after everything except the machines. Each store has one, so it also fails plans over a store that belongs to
 * another workspace or stack.
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
    };
    for (const condition of ownerKept(props.store, stack))
      this.addPrecondition(condition);
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
    return run(
      this,
      store,
      { action: "teardown", retainAuthorities },
      { when: "destroy" },
    );
  }
}
