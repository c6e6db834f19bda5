const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  // XML allows them nowhere.
  "\ufffe": "\ufffd",
  "\uffff": "\ufffd",
};

/** Makes any printable text into text, or into the value of an attribute, of HTML and SVG. */
export const escapeMarkup = (text: string): string =>
  text.replace(/[&<>"'\ufffe\uffff]/g, (sign) => ENTITIES[sign]);

type Value = string | number | undefined;

/** An element of HTML or SVG. Its attributes are escaped; its content is markup already. */
export function element(
  name: string,
  attributes: Readonly<Record<string, Value>>,
  ...content: readonly string[]
): string {
  const words = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${escapeMarkup(shown(value))}"`],
  );
  const start = `<${name}${words.join("")}`;
  return content.length === 0
    ? `${start}/>`
    : `${start}>${content.join("")}</${name}>`;
}

/** Numbers are lengths: a hundredth of a pixel is enough. */
const shown = (value: string | number): string =>
  typeof value === "string" ? value : String(Math.round(value * 100) / 100);
