import { hasToken } from "../../terraform/expression";
import { expressionWithComma, invalidExpression } from "./proxy-errors";

/** Throws if Go would reject an expression, as far as JavaScript can tell. kubectl checks again when it starts. */
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

/** Syntax that Go leaves out because it can be slow. */
const NOT_IN_GO: readonly (readonly [RegExp, string])[] = [
  [/\(\?<?[=!]/, "Go has no lookaround"],
  [/\\[1-9]|\\k</, "Go has no references to groups"],
];

function problemOf(expression: string): string | undefined {
  if (hasToken(expression)) return "it is a token";
  if (expression === "") return "it is empty and would match everything";
  if (/\p{Cc}/u.test(expression)) return "it contains control characters";
  const missing = NOT_IN_GO.find(([pattern]) => pattern.test(expression));
  if (missing) return missing[1];
  try {
    // Go writes flags and group names differently from JavaScript.
    new RegExp(
      expression.replace(/\(\?[imsU-]+\)/g, "").replace(/\(\?P</g, "(?<"),
    );
    return undefined;
  } catch (error) {
    const { message } = error as Error;
    return message.replace(/^.*: /s, "").toLowerCase();
  }
}
