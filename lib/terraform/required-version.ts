import { TerraformElement, TerraformStack } from "cdktf";
import type { Construct } from "constructs";

const ID = "control-plane-required-version";

/** Refuses versions of Terraform that cannot evaluate this library's expressions: `plantimestamp` exists since 1.5. */
export class RequiredVersion extends TerraformElement {
  static in(scope: Construct): void {
    const stack = TerraformStack.of(scope);
    if (!stack.node.tryFindChild(ID)) new RequiredVersion(stack, ID);
  }

  override toTerraform(): Record<string, unknown> {
    return { terraform: { required_version: ">= 1.5.0" } };
  }
}
