import type { Construct } from "constructs";
import type { Artefact } from "./artefact";
import { type Assertion, PlanWarning } from "./plan-warning";
import { code, quote } from "./expression";
import { textTemplate } from "./template";

export interface ExpiryWarningProps {
  readonly artefact: Artefact;
  /** `The certificate authority of Kubernetes` */
  readonly what: string;
  /** How long before its end, a Go duration. */
  readonly before: string;
}

/** Warns while an authority nears its end. Another authority is a deliberate act. */
export class ExpiryWarning extends PlanWarning {
  constructor(scope: Construct, id: string, props: ExpiryWarningProps) {
    super(scope, id, () => [endsLater(props)]);
  }
}

function endsLater({ artefact, what, before }: ExpiryWarningProps): Assertion {
  // Terraform wants a check to refer to a resource; this trigger is known in every plan, an id is not.
  const known = code`substr(${artefact.trigger("files")}, 0, 0)`;
  const path = quote(artefact.stamp, known);
  const stamp = code`jsondecode(file(${path}))`;
  const notAfter = code`${stamp}.notAfter`;
  const far = code`timecmp(plantimestamp(), timeadd(${notAfter}, "-${before}")) < 0`;
  // A short-lived one would be warned of from its first day.
  const early = code`timecmp(plantimestamp(), ${stamp}.renewable) < 0`;
  return {
    condition: code`try(${far} || ${early}, true)`.toString(),
    message:
      textTemplate(`${what} ends on `) +
      code`try(${notAfter}, "an unknown day")`.toString() +
      ". What it signs cannot outlive it: plan its replacement.",
  };
}
