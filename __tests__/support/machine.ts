import { TerraformResource } from "cdktf";
import type { Construct } from "constructs";

/** Stands in for a machine of any provider. Its `output` is known after the apply. */
export class Machine extends TerraformResource {
  constructor(
    scope: Construct,
    id: string,
    private readonly input: unknown,
  ) {
    super(scope, id, { terraformResourceType: "terraform_data" });
  }

  get address(): string {
    return this.getStringAttribute("output");
  }

  get names(): string[] {
    return this.getListAttribute("output");
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { input: this.input };
  }
}
