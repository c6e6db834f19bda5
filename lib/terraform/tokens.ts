import { type IResolvable, Token, Tokenization } from "cdktf";

/** An item that stands for a whole list. */
export const isListToken = (value: unknown): value is string | number =>
  typeof value === "string"
    ? value.startsWith("#{TfToken[")
    : typeof value === "number" &&
      Tokenization.reverseNumberList([value]) !== undefined;

export const listOf = (item: string | number): IResolvable | undefined =>
  typeof item === "string"
    ? Tokenization.reverseList([item])
    : Tokenization.reverseNumberList([item]);

/** A key that stands, with its value, for a whole map. */
export const isMapToken = (key: string): boolean =>
  key.startsWith("&{TfToken[");

/** cdktf hides numbers that are known later in large negative ones. */
export const isNumberToken = (text: string): boolean =>
  /^-\d\.\d+e\+\d+$/.test(text) && Token.isUnresolved(Number(text));

export const splitTokens = (text: string): string[] =>
  text
    .split(/(\$\{TfToken\[[^\]]+\]\}|-\d\.\d+e\+\d+)/)
    .filter((part) => part !== "");
