/**
 * Texts as synthesis writes them for Terraform: literals with `${` and `%{` escaped, and expressions for values that are
 * known only at apply. It undoes what lib/terraform/template.ts does.
 */

/** Parses a template: `parse` gets the text with a word for each expression, and the words in its result are replaced. */
export function readTemplate<T>(
  template: string,
  parse: (text: string) => T,
): T {
  const parts = partsOf(template);
  const expressions = parts.filter((_, at) => at % 2 === 1);
  if (expressions.length === 0) return parse(literal(template));
  let mark = "unknown-";
  while (template.includes(mark)) mark += "-";
  const text = parts
    .map((part, at) =>
      at % 2 === 0 ? literal(part) : `${mark}${(at - 1) / 2}x`,
    )
    .join("");
  const words = new RegExp(`${mark}(\\d+)x`, "g");
  return mapTexts(parse(text), (each) =>
    each.replace(words, (_, at) => valueIn(expressions[Number(at)])),
  );
}

/** Literal texts and, between them, expressions without their braces. */
function partsOf(template: string): string[] {
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < template.length; at++) {
    if (/^([$%])\1\{/.test(template.slice(at, at + 3))) at += 2;
    else if (template.startsWith("${", at)) {
      const end = endOfExpression(template, at + 2);
      parts.push(template.slice(from, at), template.slice(at + 2, end));
      at = end;
      from = end + 1;
    }
  }
  return [...parts, template.slice(from)];
}

/** The place of the brace that ends an expression, which may contain strings with expressions in them. */
function endOfExpression(text: string, start: number): number {
  const open: ("{" | '"')[] = ["{"];
  for (let at = start; at < text.length; at++) {
    const sign = text[at];
    if (open.at(-1) === '"') {
      if (sign === "\\") at++;
      else if (sign === '"') open.pop();
      else if (/^([$%])\1\{/.test(text.slice(at, at + 3))) at += 2;
      else if (/^[$%]\{/.test(text.slice(at, at + 2))) {
        open.push("{");
        at++;
      }
    } else if (sign === '"' || sign === "{") open.push(sign);
    else if (sign === "}") {
      open.pop();
      if (open.length === 0) return at;
    }
  }
  return text.length;
}

const literal = (text: string): string =>
  text.replace(/([$%])\1\{/g, (opening) => opening.slice(1));

/** The value of an expression, as far as it is known: `jsonencode("--a=${b}")` is `--a=${b}`, and `jsonencode(b)` is `${b}`. */
function valueIn(expression: string): string {
  const value = /^jsonencode\((.*)\)$/s.exec(expression)?.[1] ?? expression;
  const isText = value.startsWith('"') && isOneString(value);
  return isText ? textIn(value.slice(1, -1)) : `\${${value}}`;
}

function textIn(quoted: string): string {
  return partsOf(quoted)
    .map((part, at) =>
      at % 2 === 0 ? literal(JSON.parse(`"${part}"`) as string) : `\${${part}}`,
    )
    .join("");
}

/** Whether a text that begins with a quote is one string to its end. */
function isOneString(text: string): boolean {
  return (
    text.endsWith('"') &&
    partsOf(text.slice(1, -1)).every(
      (part, at) => at % 2 === 1 || !/(^|[^\\])(\\\\)*"/.test(part),
    )
  );
}

/** A copy of a value in which every text, keys included, is replaced. */
function mapTexts<T>(value: T, replace: (text: string) => string): T;
function mapTexts(value: unknown, replace: (text: string) => string): unknown {
  if (typeof value === "string") return replace(value);
  if (Array.isArray(value)) return value.map((each) => mapTexts(each, replace));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      replace(key),
      mapTexts(each, replace),
    ]),
  );
}
