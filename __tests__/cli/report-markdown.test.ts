import { markdownOf } from "../../lib/cli/page/markdown";
import { reportOf } from "../../lib/cli/page/sections";
import { hostile, NOW } from "./support/shapes";

test("escapes hostile texts in Markdown", () => {
  const markdown = markdownOf(reportOf([hostile()], NOW)).replace(
    /^```mermaid\n[^`]*```$/m,
    "",
  );
  const outside = withoutData(markdown);
  expect(outside).not.toMatch(/[<>[\]`*_~&\\]/);
  for (const line of outside.split("\n"))
    if (line.includes("|")) expect(line).toMatch(/^\| .* \|$/);
});

/** Markdown without code spans and escaped characters, as a reader of Markdown finds them. */
function withoutData(markdown: string): string {
  let [rest, kept] = [markdown, ""];
  while (rest !== "") {
    const [span = /^\\[^a-z0-9\s]/i.exec(rest)?.[0]] =
      /^(`+)(?!`)[^]*?[^`]\1(?!`)/.exec(rest) ?? [];
    kept += span === undefined ? rest[0] : "";
    rest = rest.slice(span?.length ?? 1);
  }
  return kept;
}
