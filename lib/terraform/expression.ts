import { randomUUID } from "node:crypto";
import {
  type IResolvable,
  type IResolveContext,
  Token,
  Tokenization,
} from "cdktf";
import { WORKSPACE } from "../catalog/paths";
import {
  isListToken,
  isMapToken,
  isNumberToken,
  listOf,
  splitTokens,
} from "./tokens";

/**
 * Becomes the name of the workspace wherever text is put into Terraform. It is random, so that no data can hold it.
 * Terraform allows in such a name only what needs no escape in JSON, YAML or a quoted string.
 */
export const CURRENT_WORKSPACE = `workspace-${randomUUID()}`;

/**
 * An expression of Terraform's: the text is code, as are strings put into it; tokens and expressions are put in
 * without braces. Use {@link quote} for data.
 */
export function code(
  strings: TemplateStringsArray,
  ...values: readonly unknown[]
): Expression {
  return new Expression(strings, values);
}

/** A literal as a quoted string of Terraform's expression language; an expression is put into it. */
export function quote(text: string, suffix?: Expression): Expression {
  return suffix
    ? code`"${quoted(text)}\${${suffix}}"`
    : code`"${quoted(text)}"`;
}

export class Expression implements IResolvable {
  readonly creationStack: string[] = [];
  /** Whether no token is in it, so that its text is known. */
  readonly isKnown: boolean;

  constructor(
    private readonly strings: readonly string[],
    private readonly values: readonly unknown[],
  ) {
    this.isKnown = !values.some(hasToken);
  }

  /** Without braces. */
  text(context?: IResolveContext): string {
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

  /** As a value that other templates recognise as one. */
  asToken(): string {
    return Token.asString(this);
  }

  toString(): string {
    return this.isKnown ? `\${${this.text()}}` : this.asToken();
  }
}

/** Whether a value is, or holds at any depth, something that is known only at apply. */
export function hasToken(value: unknown): boolean {
  if (typeof value === "string") {
    return (
      isListToken(value) ||
      Token.isUnresolved(value) ||
      splitTokens(value).some(isNumberToken)
    );
  }
  if (value instanceof Expression) return !value.isKnown;
  if (value === null || typeof value !== "object")
    return isListToken(value) || Token.isUnresolved(value);
  return Tokenization.isResolvable(value) || holds(value, hasToken);
}

export function isCode(value: unknown): boolean {
  if (value instanceof Expression) return true;
  if (
    value === null ||
    typeof value !== "object" ||
    Tokenization.isResolvable(value)
  )
    return hasToken(value);
  return holds(value, isCode);
}

/** Whether a key or a value of it is such one; a list's keys are its indices. */
const holds = (value: object, is: (value: unknown) => boolean): boolean =>
  Array.isArray(value)
    ? value.some(is)
    : Object.entries(value).some(
        ([key, item]) => isMapToken(key) || is(key) || is(item),
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
    // How many items a list token stands for is unknown before apply, so that Terraform joins the lists.
    const lists = value.map((item) =>
      expression(isListToken(item) ? item : [item], context),
    );
    return lists.length === 1 ? lists[0] : `concat(${lists.join(", ")})`;
  }
  if (typeof value === "string") {
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

/** An object as maps of which a later one wins: what a token stands for among its fields is one of its own. */
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

/** A string whose literal parts are escaped and whose tokens are `${…}`. */
export function interpolated(
  text: string,
  context: IResolveContext | undefined,
  escape: (literal: string) => string,
): string {
  return splitTokens(text)
    .map((part) => {
      if (!Token.isUnresolved(part) && !isNumberToken(part))
        return escape(part);
      const value = resolved(part, context);
      return isExpression(value) ? value : escape(String(value));
    })
    .join("");
}

/** What a token stands for, as an expression without braces. */
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

/** What Terraform would take for the opening of a template. */
export const escaped = (text: string): string =>
  text
    .replace(/[$%]\{/g, (opening) => opening[0] + opening)
    .replaceAll(CURRENT_WORKSPACE, () => WORKSPACE);

const quoted = (text: string): string =>
  escaped(JSON.stringify(text).slice(1, -1));
