import { InputError } from "../props/input-error";
import { hasListToken, withoutListTokens } from "./tokens";

export const listInText = (text: string) =>
  new InputError(
    `"${withoutListTokens(lineOf(text).trim())}" has a list in the place of a text.`,
    "Allowed is a text, and where a prop takes a list, a list with a known number of texts.",
    'Write Fn.join(",", list), or [Fn.element(list, 0)], for example.',
  );

const lineOf = (text: string): string =>
  text.split("\n").find(hasListToken) ?? text;
