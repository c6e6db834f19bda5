import { type IResolvable, Token, Tokenization } from "cdktf";

/** Whether a list item is a token for a whole list. */
export const isListToken = (value: unknown): value is string | number =>
  typeof value === "string"
    ? value.startsWith("#{TfToken[")
    : typeof value === "number" &&
      Tokenization.reverseNumberList([value]) !== undefined;

/** Whether a text has a token for a whole list in it. */
export const hasListToken = (text: string): boolean => LIST_TOKEN.test(text);

const LIST_TOKEN = /#\{TfToken\[[^\]]*\]\}/;

/** A text as people read it in an error, with a remark in the place of each token for a list. */
export const withoutListTokens = (text: string): string =>
  text.replace(new RegExp(LIST_TOKEN, "g"), "(a list, known only at apply)");

export const listOf = (item: string | number): IResolvable | undefined =>
  typeof item === "string"
    ? Tokenization.reverseList([item])
    : Tokenization.reverseNumberList([item]);

/** Whether a key, with its value, is a token for a whole map. */
export const isMapToken = (key: string): boolean =>
  key.startsWith("&{TfToken[");

/** Whether a text is a number token: cdktf represents unknown numbers by large negative numbers. */
export const isNumberToken = (text: string): boolean =>
  /^-\d\.\d+e\+\d+$/.test(text) && Token.isUnresolved(Number(text));

/** Whether a text has the form of a token somewhere. Nearly all texts have none, so this is asked before all else. */
export const mayHoldToken = (text: string): boolean =>
  text.includes("{TfToken[") || NUMBER_TOKEN.test(text);

const NUMBER_TOKEN = /-\d\.\d+e\+\d/;

export const splitTokens = (text: string): string[] =>
  text
    .split(/(\$\{TfToken\[[^\]]+\]\}|-\d\.\d+e\+\d+)/)
    .filter((part) => part !== "");
