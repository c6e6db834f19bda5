import { readdirSync } from "node:fs";
import { join } from "node:path";
import { read, ROOT } from "./markdown";

/** The library's text, its strings in one piece. */
const SOURCE = readdirSync(join(ROOT, "lib"), { recursive: true })
  .map(String)
  .filter((name) => name.endsWith(".ts"))
  .map((name) => read(join("lib", name)))
  .join("\n")
  .replace(/["`] \+\s*["`]/g, "");

/** `… is missing: the key of …` stands for any text at its dots. */
const QUOTES = [...read("docs/troubleshooting.md").matchAll(/`([^`\n]*)`/g)]
  .map(([, quote]) => quote)
  .filter((quote) => quote.includes("…"));

test.each(QUOTES)("an error says what its page quotes: %s", (quote) => {
  const pieces = quote
    .split("…")
    .map((piece) => piece.trim())
    .filter((piece) => piece.length > 6);
  expect(pieces.filter((piece) => !SOURCE.includes(piece))).toEqual([]);
});
