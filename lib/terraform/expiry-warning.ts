import { TerraformElement } from "cdktf";
import type { Construct } from "constructs";
import type { Artefact } from "./artefact";
import { code, quote } from "./expression";
import { textTemplate } from "./template";

export interface ExpiryWarningProps {
  readonly artefact: Artefact;
  /** `The certificate authority of Kubernetes` */
  readonly what: string;
  /** How long before its end, a Go duration. */
  readonly before: string;
}

/**
 * A warning in every plan while an authority nears its end: a `check` block, which never plans anything. Another
 * authority is a deliberate act.
 */
export class ExpiryWarning extends TerraformElement {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: ExpiryWarningProps,
  ) {
    super(scope, id, "check");
  }

  override toTerraform(): Record<string, unknown> {
    const { artefact, what, before } = this.props;
    // Terraform wants a check to refer to a resource; this trigger is known in every plan, an id is not.
    const known = code`substr(${artefact.trigger("files")}, 0, 0)`;
    const path = quote(artefact.stamp, known);
    const stamp = code`jsondecode(file(${path}))`;
    const notAfter = code`${stamp}.notAfter`;
    const far = code`timecmp(plantimestamp(), timeadd(${notAfter}, "-${before}")) < 0`;
    // A short-lived one would be warned of from its first day.
    const early = code`timecmp(plantimestamp(), ${stamp}.renewable) < 0`;
    return {
      check: {
        [this.friendlyUniqueId]: {
          assert: [
            {
              condition: code`try(${far} || ${early}, true)`.toString(),
              error_message:
                textTemplate(`${what} ends on `) +
                code`try(${notAfter}, "an unknown day")`.toString() +
                ". What it signs cannot outlive it: plan its replacement.",
            },
          ],
        },
      },
    };
  }
}
