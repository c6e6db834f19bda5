import { TerraformElement, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { code, type Expression } from "./expression";

const ID = "control-plane-ephemeral";

/**
 * An empty text that is ephemeral. Terraform has no function that makes a value ephemeral, but whatever contains an
 * ephemeral value is ephemeral itself.
 * @see https://developer.hashicorp.com/terraform/language/v1.11.x/values/variables#ephemeral
 */
export class EphemeralMark extends TerraformElement {
  static in(scope: Construct): EphemeralMark {
    const stack = TerraformStack.of(scope);
    const known = stack.node.tryFindChild(ID) as EphemeralMark | undefined;
    return known ?? new EphemeralMark(stack, ID);
  }

  /** The text as an ephemeral and sensitive value. */
  on(text: Expression): string {
    return code`sensitive("\${var.${ID}}\${${text}}")`.toString();
  }

  override toTerraform(): Record<string, unknown> {
    return {
      terraform: { required_version: ">= 1.10.0" },
      variable: {
        [ID]: {
          type: "string",
          default: "",
          ephemeral: true,
          description:
            "Makes the credentials of the control plane ephemeral. Leave it empty.",
        },
      },
    };
  }
}
