import { hasToken } from "../../terraform/expression";
import { expressionWithComma, invalidExpression } from "./proxy-errors";

/** Throws where an expression is none that Go takes, as far as can be seen here; kubectl itself looks when it starts. */
export function validateExpressions(
  who: string,
  lists: Readonly<Record<string, readonly string[] | undefined>>,
): void {
  for (const [prop, expressions = []] of Object.entries(lists))
    for (const expression of expressions) {
      if (expression.includes(","))
        throw expressionWithComma(who, prop, expression);
      const reason = problemOf(expression);
      if (reason) throw invalidExpression(who, prop, expression, reason);
    }
}

/** What Go's expressions don't have, since it would make them slow. */
const NOT_IN_GO: readonly (readonly [RegExp, string])[] = [
  [/\(\?<?[=!]/, "Go's have no lookaround"],
  [/\\[1-9]|\\k</, "Go's have no references to groups"],
];

function problemOf(expression: string): string | undefined {
  if (hasToken(expression)) return "it is a token";
  if (expression === "") return "it is empty, and would match everything";
  if (/\p{Cc}/u.test(expression)) return "it holds control characters";
  const beyond = NOT_IN_GO.find(([pattern]) => pattern.test(expression));
  if (beyond) return beyond[1];
  try {
    // Go's flags and names of groups are spelled otherwise.
    new RegExp(
      expression.replace(/\(\?[imsU-]+\)/g, "").replace(/\(\?P</g, "(?<"),
    );
    return undefined;
  } catch (error) {
    const { message } = error as Error;
    return message.replace(/^.*: /s, "").toLowerCase();
  }
}
