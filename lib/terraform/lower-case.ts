import { Token } from "cdktf";
import { code, hasToken } from "./expression";
import { isListToken } from "./tokens";

/** Names in lower case. Terraform converts those that are known only at apply, and whole lists of them. */
export const lowerCase = (names: readonly string[]): string[] =>
  names.flatMap((name) => {
    if (!hasToken(name)) return name.toLowerCase();
    return isListToken(name)
      ? Token.asList(code`[for name in ${[name]} : lower(name)]`)
      : code`lower(${name})`.asToken();
  });
