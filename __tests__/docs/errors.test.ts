import { readdirSync } from "node:fs";
import { join } from "node:path";
import { read, ROOT } from "./markdown";

/** The source of the library, with concatenated strings joined. */
const SOURCE = readdirSync(join(ROOT, "lib"), { recursive: true })
  .map(String)
  .filter((name) => name.endsWith(".ts"))
  .map((name) => read(join("lib", name)))
  .join("\n")
  .replace(/["`] \+\s*["`]/g, "");

/** The errors that the page quotes. In `… is missing: the key of …`, each `…` stands for any text. */
const QUOTES = [...read("docs/troubleshooting.md").matchAll(/`([^`\n]*)`/g)]
  .map(([, quote]) => quote)
  .filter((quote) => quote.includes("…"));

test.each(QUOTES)("the library contains the quoted error: %s", (quote) => {
  const pieces = quote
    .split("…")
    .map((piece) => piece.trim())
    .filter((piece) => piece.length > 6);
  expect(pieces.filter((piece) => !SOURCE.includes(piece))).toEqual([]);
});
