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
 * Text for Terraform that may contain tokens (values that are known only at apply) and this library's expressions.
 * Everything else in it is data. cdktf does not escape `${` and `%{` in literals, and fails on strings with both of them
 * and tokens. So the text is composed here: immediately if it has no tokens, and otherwise when cdktf resolves it.
 */

/** A text with its literal parts escaped. */
export function textTemplate(text: string): string {
  return template([hasToken(text) ? { text } : text]);
}

/**
 * A value as YAML, in which each scalar with a token becomes `${jsonencode(…)}`. JSON is valid YAML, whatever the type of
 * the value, and its content cannot be read as other YAML syntax.
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

/** Maps the scalars and keys of a value. A list or object that contains a list or map token counts as one scalar. */
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

/** A word that needs no quotes in YAML, and that does not occur in the value. */
function markFor(value: unknown): string {
  const text = JSON.stringify(value, (_, item) =>
    Tokenization.isResolvable(item) ? null : item,
  );
  let mark = "TOKEN-";
  while (text.includes(mark)) mark += "-";
  return mark;
}
