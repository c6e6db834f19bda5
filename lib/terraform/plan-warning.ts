import { TerraformElement } from "cdktf";
import type { Construct } from "constructs";

/** What should hold, and what a plan says while it does not. */
export interface Assertion {
  /** An expression of Terraform's. */
  readonly condition: string;
  readonly message: string;
}

/** Warns in every plan in which an assertion does not hold: a `check` block, which never plans anything. */
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
