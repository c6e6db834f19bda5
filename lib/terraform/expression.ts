import { randomUUID } from "node:crypto";
import {
  type IResolvable,
  type IResolveContext,
  Token,
  Tokenization,
} from "cdktf";
import { WORKSPACE } from "../catalog/paths";
import { listInText } from "./errors-tokens";
import {
  hasListToken,
  isListToken,
  isMapToken,
  isNumberToken,
  listOf,
  mayHoldToken,
  splitTokens,
} from "./tokens";

/**
 * The placeholder for the workspace's name. It is replaced by `${terraform.workspace}` whenever text is written for
 * Terraform. It is random, so that no data can contain it. The name of a workspace needs no escapes in JSON, YAML or a
 * quoted string, because Terraform allows only such names.
 */
export const CURRENT_WORKSPACE = `workspace-${randomUUID()}`;

/**
 * A Terraform expression. The text and inserted strings are code; tokens and expressions are inserted without braces. Use
 * {@link quote} for data.
 */
export function code(
  strings: TemplateStringsArray,
  ...values: readonly unknown[]
): Expression {
  return new Expression(strings, values);
}

/** A literal as a quoted string of Terraform's expression language, with an optional expression at its end. */
export function quote(text: string, suffix?: Expression): Expression {
  return suffix
    ? code`"${quoted(text)}\${${suffix}}"`
    : code`"${quoted(text)}"`;
}

export class Expression implements IResolvable {
  readonly creationStack: string[] = [];
  /** Whether it contains no token, so that its text is known. */
  readonly isKnown: boolean;
  private knownText?: string;

  constructor(
    private readonly strings: readonly string[],
    private readonly values: readonly unknown[],
  ) {
    this.isKnown = !values.some(hasToken);
  }

  /** Its text, without braces. */
  text(context?: IResolveContext): string {
    if (!this.isKnown) return this.written(context);
    return (this.knownText ??= this.written());
  }

  private written(context?: IResolveContext): string {
    const values = this.values.map((value) =>
      typeof value === "string" && !hasToken(value)
        ? value
        : expression(value, context),
    );
    return this.strings.map((string, i) => string + (values[i] ?? "")).join("");
  }

  resolve(context: IResolveContext): string {
    const braces = !context.suppressBraces;
    const text = this.text(context);
    return braces ? `\${${text}}` : text;
  }

  /** Itself as a token, which other templates recognise as an expression. */
  asToken(): string {
    return Token.asString(this);
  }

  toString(): string {
    return this.isKnown ? `\${${this.text()}}` : this.asToken();
  }
}

/** Whether a value is, or contains at any depth, a value that is known only at apply. */
export function hasToken(value: unknown): boolean {
  if (typeof value === "string") {
    return (
      mayHoldToken(value) &&
      (hasListToken(value) ||
        Token.isUnresolved(value) ||
        splitTokens(value).some(isNumberToken))
    );
  }
  if (value instanceof Expression) return !value.isKnown;
  if (typeof value === "number")
    return isListToken(value) || Token.isUnresolved(value);
  if (value === null || typeof value !== "object") return false;
  return Tokenization.isResolvable(value) || contains(value, hasToken);
}

/** Whether a value is, or contains at any depth, an expression or a token. */
export function isCode(value: unknown): boolean {
  if (value instanceof Expression) return true;
  if (
    value === null ||
    typeof value !== "object" ||
    Tokenization.isResolvable(value)
  )
    return hasToken(value);
  return contains(value, isCode);
}

/** Whether the condition is true of any item of a list, or of any key or value of an object. */
const contains = (
  value: object,
  isTrue: (value: unknown) => boolean,
): boolean =>
  Array.isArray(value)
    ? value.some(isTrue)
    : Object.entries(value).some(
        ([key, item]) => isMapToken(key) || isTrue(key) || isTrue(item),
      );

/** A value in Terraform's expression language. */
export function expression(
  value: unknown,
  context: IResolveContext | undefined,
): string {
  if (value instanceof Expression) return value.text(context);
  if (isListToken(value)) return bare(listOf(value), context);
  if (Array.isArray(value)) {
    if (!value.some(isListToken))
      return `[${value.map((item) => expression(item, context)).join(", ")}]`;
    // The number of items in a list token is unknown before apply, so Terraform must join the lists.
    const lists = value.map((item) =>
      expression(isListToken(item) ? item : [item], context),
    );
    return lists.length === 1 ? lists[0] : `concat(${lists.join(", ")})`;
  }
  if (typeof value === "string") {
    if (!mayHoldToken(value)) return `"${quoted(value)}"`;
    return splitTokens(value).length === 1 && Token.isUnresolved(value)
      ? bare(value, context)
      : `"${interpolated(value, context, quoted)}"`;
  }
  if (Tokenization.isResolvable(value)) return bare(value, context);
  if (value !== null && typeof value === "object") {
    const maps = mapsOf(value, context);
    return maps.length === 1 ? maps[0] : `merge(${maps.join(", ")})`;
  }
  return Token.isUnresolved(value)
    ? bare(value, context)
    : JSON.stringify(value);
}

/** An object as a list of maps for `merge`, in which later maps win. Each map token among its fields is a separate map. */
function mapsOf(
  value: object,
  context: IResolveContext | undefined,
): readonly string[] {
  const maps: (string | string[])[] = [];
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue;
    if (isMapToken(key)) {
      maps.push(bare(Tokenization.reverseMap({ [key]: item }), context));
      continue;
    }
    const field = `"${interpolated(key, context, quoted)}" = ${expression(item, context)}`;
    const last = maps.at(-1);
    if (Array.isArray(last)) last.push(field);
    else maps.push([field]);
  }
  if (maps.length === 0) return ["{}"];
  return maps.map((map) => (Array.isArray(map) ? `{${map.join(", ")}}` : map));
}

/** A string with its literal parts escaped, and its tokens written as `${…}`. */
export function interpolated(
  text: string,
  context: IResolveContext | undefined,
  escape: (literal: string) => string,
): string {
  if (hasListToken(text)) throw listInText(text);
  return splitTokens(text)
    .map((part) => {
      if (!Token.isUnresolved(part) && !isNumberToken(part))
        return escape(part);
      const value = resolved(part, context);
      return isExpression(value) ? value : escape(String(value));
    })
    .join("");
}

/** The value of a token, as an expression without braces. */
function bare(token: unknown, context: IResolveContext | undefined): string {
  const value = resolved(token, context);
  return isExpression(value) ? value.slice(2, -1) : expression(value, context);
}

function resolved(
  token: unknown,
  context: IResolveContext | undefined,
): unknown {
  if (!context) throw new Error("a token can be resolved only at synthesis");
  context.suppressBraces = false;
  return context.resolve(
    typeof token === "string" && isNumberToken(token) ? Number(token) : token,
  );
}

const isExpression = (value: unknown): value is string =>
  typeof value === "string" && value.startsWith("${") && value.endsWith("}");

/** Escapes `${` and `%{`, which would start a template. */
export const escaped = (text: string): string =>
  text
    .replace(/[$%]\{/g, (opening) => opening[0] + opening)
    .replaceAll(CURRENT_WORKSPACE, () => WORKSPACE);

/** Quotes a text as in JSON, except two of its escapes, which Terraform does not support. */
const quoted = (text: string): string =>
  escaped(
    JSON.stringify(text)
      .slice(1, -1)
      .replace(
        /\\(.)/g,
        (escape, letter) => UNSUPPORTED_ESCAPES[letter] ?? escape,
      ),
  );

const UNSUPPORTED_ESCAPES: Readonly<Record<string, string>> = {
  b: "\\u0008",
  f: "\\u000c",
};
