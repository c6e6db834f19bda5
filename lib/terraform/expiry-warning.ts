import type { Construct } from "constructs";
import type { Artefact } from "./artefact";
import { type Assertion, PlanWarning } from "./plan-warning";
import { code, quote } from "./expression";
import { textTemplate } from "./template";

export interface ExpiryWarningProps {
  readonly artefact: Artefact;
  /** `The certificate authority of Kubernetes` */
  readonly what: string;
  /** How long before its expiry the warning starts, as a Go duration. */
  readonly before: string;
}

/** Warns before a CA expires. A CA is never renewed automatically, because replacing it must be planned. */
export class ExpiryWarning extends PlanWarning {
  constructor(scope: Construct, id: string, props: ExpiryWarningProps) {
    super(scope, id, () => [expiresLater(props)]);
  }
}

function expiresLater({
  artefact,
  what,
  before,
}: ExpiryWarningProps): Assertion {
  // A check must refer to a resource. This trigger is known in every plan, unlike an id.
  const known = code`substr(${artefact.trigger("files")}, 0, 0)`;
  const path = quote(artefact.stamp, known);
  const stamp = code`jsondecode(file(${path}))`;
  const notAfter = code`${stamp}.notAfter`;
  const far = code`timecmp(plantimestamp(), timeadd(${notAfter}, "-${before}")) < 0`;
  // Without this, a CA with a short lifetime would cause a warning from its first day.
  const early = code`timecmp(plantimestamp(), ${stamp}.renewable) < 0`;
  return {
    condition: code`try(${far} || ${early}, true)`.toString(),
    message:
      textTemplate(`${what} expires on `) +
      code`try(${notAfter}, "an unknown day")`.toString() +
      ". The certificates that it signed expire with it: plan its replacement.",
  };
}
