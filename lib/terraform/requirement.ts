import { randomUUID } from "node:crypto";
import { hostBlock, overlap, parseCidr } from "../catalog/addresses";
import { code, hasToken, quote } from "./expression";
import type { Condition, Resource } from "./resource";
import { textTemplate } from "./template";

/**
 * What a text of a program must be. Synthesis checks it if the text is a literal; otherwise Terraform checks it by the
 * same rule, and with the same words, as soon as it knows the text.
 */
export interface Requirement {
  /** May be a token, also one for a whole list of texts. */
  readonly value: string;
  /** The text must match all of them. They may use only the syntax that JavaScript and Terraform (RE2) have in common. */
  readonly patterns?: readonly RegExp[];
  /** CIDRs. If the text is an address, it must be in none of them. */
  readonly outside?: readonly string[];
  readonly error: (given: string) => Error;
}

/** Throws if a literal does not meet its requirement. */
export function check(requirements: readonly Requirement[]): void {
  for (const requirement of requirements) {
    const { value, error } = requirement;
    if (!hasToken(value) && !isMet(requirement)) throw error(value);
  }
}

function isMet({ value, patterns = [], outside = [] }: Requirement): boolean {
  const block = hostBlock(value);
  return (
    patterns.every((pattern) => pattern.test(value)) &&
    !outside.some((text) => {
      const cidr = parseCidr(text);
      return block && cidr && overlap(block, cidr);
    })
  );
}

/** Makes the plan or the apply fail, before the resource is touched, if a token does not meet its requirement. */
export function checkTokens(
  requirements: readonly Requirement[],
  before: Resource,
): void {
  for (const requirement of requirements)
    if (hasToken(requirement.value))
      before.addPrecondition(conditionOf(requirement));
}

/** Stands for the value in a message until Terraform knows it. */
const VALUE = `value-${randomUUID()}`;

function conditionOf({
  value,
  patterns = [],
  outside = [],
  error,
}: Requirement): Condition {
  // A token may stand for a whole list.
  const values = [value];
  const matching = patterns.map((pattern) =>
    code`can(regex(${quote(pattern.source)}, each))`.text(),
  );
  const elsewhere = outside.map((cidr) => {
    const [, prefix] = cidr.split("/");
    return `try(cidrsubnet("\${each}/${prefix}", 0, 0) != cidrsubnet("${cidr}", 0, 0), true)`;
  });
  const met = [...matching, ...elsewhere].join(" && ");
  const shown = code`join(", ", ${values})`.asToken();
  return {
    // A condition must refer to something, and a call of a function alone, such as file, does not.
    condition:
      code`alltrue([for each in ${values} : ${met}]) && path.module != ""`.toString(),
    errorMessage: textTemplate(
      error(VALUE).message.replaceAll(VALUE, () => shown),
    ),
  };
}
