import {
  type IResolvable,
  type IResolveContext,
  Token,
  Tokenization,
} from "cdktf";
import {
  escaped,
  expression,
  hasToken,
  interpolated,
  isCode,
} from "./expression";
import { isListToken, isMapToken } from "./tokens";

/**
 * Text for Terraform that may hold tokens, the values of other resources that are known only at apply, and
 * expressions of our own. All else in it is data. cdktf escapes neither `${` nor `%{` in literals, and loses its way
 * in strings that hold both them and tokens, so such texts are put together here: at once where no token is in them,
 * else when cdktf resolves them.
 */

/** Text as it is. */
export function textTemplate(text: string): string {
  return template([hasToken(text) ? { text } : text]);
}

/** A value as Terraform's `jsonencode` writes it; tokens and expressions at any depth. */
export function jsonTemplate(value: unknown): string {
  return template([isCode(value) ? { json: value } : JSON.stringify(value)]);
}

/**
 * A value as YAML in which each scalar that holds a token becomes `${jsonencode(…)}`: JSON of any type is YAML,
 * and it cannot break out of its place.
 */
export function yamlTemplate(
  value: unknown,
  toYaml: (value: unknown) => string,
): string {
  if (!isCode(value)) return template([toYaml(value)]);
  const tokens: unknown[] = [];
  const mark = markFor(value);
  const marked = mapLeaves(value, (leaf) =>
    isCode(leaf) ? `${mark}${tokens.push(leaf) - 1}x` : leaf,
  );
  const pieces = toYaml(marked).split(new RegExp(`${mark}(\\d+)x`));
  return template(
    pieces.map((piece, i) =>
      i % 2 === 0 ? piece : { json: tokens[Number(piece)] },
    ),
  );
}

/** Literal text, a value for `jsonencode`, or a string with tokens in it. */
type Piece = string | { readonly json: unknown } | { readonly text: string };

function template(pieces: readonly Piece[]): string {
  const text = new Template(pieces);
  return pieces.some(hasToken) ? Token.asString(text) : text.resolve(undefined);
}

class Template implements IResolvable {
  readonly creationStack: string[] = [];

  constructor(private readonly pieces: readonly Piece[]) {}

  resolve(context: IResolveContext | undefined): string {
    return this.pieces
      .map((piece) => {
        if (typeof piece === "string") return escaped(piece);
        if ("text" in piece) return interpolated(piece.text, context, escaped);
        return `\${jsonencode(${expression(piece.json, context)})}`;
      })
      .join("");
  }

  toString(): string {
    return Token.asString(this);
  }
}

/** A list or a mapping with a token for a whole one in it is a leaf: nobody knows its items before apply. Keys are leaves, too. */
function mapLeaves(value: unknown, leaf: (value: unknown) => unknown): unknown {
  if (
    value === null ||
    typeof value !== "object" ||
    Tokenization.isResolvable(value)
  )
    return leaf(value);
  if (Array.isArray(value)) {
    return value.some(isListToken)
      ? leaf(value)
      : value.map((item) => mapLeaves(item, leaf));
  }
  const entries = Object.entries(value);
  return entries.some(([key]) => isMapToken(key))
    ? leaf(value)
    : Object.fromEntries(
        entries.map(([key, item]) => [leaf(key), mapLeaves(item, leaf)]),
      );
}

/** A word that is plain in YAML and occurs nowhere in the value. */
function markFor(value: unknown): string {
  const text = JSON.stringify(value, (_, item) =>
    Tokenization.isResolvable(item) ? null : item,
  );
  let mark = "TOKEN-";
  while (text.includes(mark)) mark += "-";
  return mark;
}
