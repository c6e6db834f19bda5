import { code, type Expression, hasToken, quote } from "./expression";

/** A word of a unit's command, which may contain tokens. `word` quotes a literal for systemd. */
export const unitWordTemplate = (
  text: string,
  word: (text: string) => string,
): string =>
  hasToken(text)
    ? code`replace(replace(jsonencode(${text}), "%", "%%"), "$", "$$")`.asToken()
    : word(text);

/** `name=value` of a unit's environment, which may contain tokens. `variable` quotes a literal for systemd. */
export const unitVariableTemplate = (
  name: string,
  value: string,
  variable: (name: string, value: string) => string,
): string =>
  hasToken(value)
    ? code`replace(jsonencode(${`${name}=${value}`}), "%", "%%")`.asToken()
    : variable(name, value);

/**
 * An address that is written without quotes. A token that turns out not to be an address is left out; what the
 * address must be is checked elsewhere, and fails the plan or the apply.
 */
export const plainAddress = (host: string): string =>
  hasToken(host)
    ? code`try(regex("^[][0-9A-Fa-f:.]+$", ${host}), "")`.asToken()
    : host;

/** A word of a variable that systemd reads from a file and splits into words. `word` escapes a literal. */
export const fileVariableWordTemplate = (
  text: string,
  word: (text: string) => string,
): string => {
  if (!hasToken(text)) return word(text);
  const asWord = code`replace(${text}, ${OF_WORDS}, ${ESCAPED})`;
  return code`replace(${asWord}, ${OF_QUOTES}, ${ESCAPED})`.asToken();
};

const OF_WORDS = quote(String.raw`/([ \t\n"'\\])/`);
const OF_QUOTES = quote(String.raw`/(["\\])/`);
const ESCAPED = quote(String.raw`\$1`);

/**
 * A condition that no text contains control characters, except tabs and line breaks; `undefined` if all texts are
 * literals, which are checked at synthesis.
 */
export function haveNoControls(
  texts: readonly string[],
): Expression | undefined {
  const later = texts.filter(hasToken);
  return later.length === 0
    ? undefined
    : code`can(regex(${NO_CONTROLS}, join("", ${later})))`;
}

const NO_CONTROLS = quote(String.raw`^[^\x00-\x08\x0b-\x1f\x7f]*$`);
