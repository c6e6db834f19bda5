import type { Construct } from "constructs";
import type { Artefact } from "./artefact";
import { type Assertion, PlanWarning } from "./plan-warning";
import { code, type Expression, quote } from "./expression";
import { textTemplate } from "./template";

export interface ExpiryWarningProps {
  readonly artefact: Artefact;
  /** `The certificate authority of Kubernetes` */
  readonly what: string;
  /** How long before its expiry the warning starts, as a Go duration. */
  readonly before: string;
}

/**
 * Warns before a CA expires, and while it is not valid yet. A CA is never renewed automatically, because replacing it
 * must be planned.
 */
export class ExpiryWarning extends PlanWarning {
  constructor(scope: Construct, id: string, props: ExpiryWarningProps) {
    super(scope, id, () => [hasBegun(props), expiresLater(props)]);
  }
}

function stampOf(artefact: Artefact): Expression {
  // A check must refer to a resource. This trigger is known in every plan, unlike an id.
  const known = code`substr(${artefact.trigger("files")}, 0, 0)`;
  return code`jsondecode(file(${quote(artefact.stamp, known)}))`;
}

function hasBegun({ artefact, what }: ExpiryWarningProps): Assertion {
  const notBefore = code`${stampOf(artefact)}.notBefore`;
  return {
    condition:
      code`try(timecmp(plantimestamp(), ${notBefore}) >= 0, true)`.toString(),
    message:
      textTemplate(`${what} is not valid before `) +
      code`try(${notBefore}, "a later time")`.toString() +
      ". The clock of the machine that made it was ahead, or the clock of this machine is behind. Set the clock if it is wrong. Otherwise wait until then, or set another lifetime for this CA in the program: it is then signed again with the same key, and is valid at once.",
  };
}

function expiresLater({
  artefact,
  what,
  before,
}: ExpiryWarningProps): Assertion {
  const stamp = stampOf(artefact);
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
