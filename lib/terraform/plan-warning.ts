import { TerraformElement } from "cdktf";
import type { Construct } from "constructs";

/** A condition that should be true, and the warning if it is not. */
export interface Assertion {
  /** A Terraform expression. */
  readonly condition: string;
  readonly message: string;
}

/** Warns in every plan in which an assertion is false. It is a `check` block, which never causes a change. */
export class PlanWarning extends TerraformElement {
  constructor(
    scope: Construct,
    id: string,
    private readonly assertions: () => readonly Assertion[],
  ) {
    super(scope, id, "check");
  }

  override toTerraform(): Record<string, unknown> {
    return {
      check: {
        [this.friendlyUniqueId]: {
          assert: this.assertions().map(({ condition, message }) => ({
            condition,
            error_message: message,
          })),
        },
      },
    };
  }
}
