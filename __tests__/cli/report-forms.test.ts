import { createHash } from "node:crypto";
import { htmlOf } from "../../lib/cli/page/html";
import { markdownOf } from "../../lib/cli/page/markdown";
import { reportOf } from "../../lib/cli/page/sections";
import { PALETTE } from "../../lib/cli/picture/style";
import { fitted, widthOf } from "../../lib/cli/picture/text-width";
import { deployed, hostile, NAME, NOW, SHAPES, TEXT } from "./support/shapes";

const hosts = deployed(SHAPES["hosts with a large pool"]);

describe("the page", () => {
  const html = htmlOf(reportOf([hostile(), hosts], NOW));

  test("is the same for the same facts and the same time", () => {
    expect(htmlOf(reportOf([hostile(), hosts], NOW))).toBe(html);
  });

  test("allows its own style and nothing else", () => {
    const [, style] = /<style>([^]*?)<\/style>/.exec(html)!;
    const hash = createHash("sha256").update(style).digest("base64");
    expect(html).toContain(
      `content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'"`,
    );
    // No value of an attribute has a ">" in it.
    const tags = html.match(/<[^>]*>/g)!;
    expect(tags.length).toBeGreaterThan(500);
    for (const tag of tags)
      expect(tag).not.toMatch(
        /^<(script|img)|\son\w+=|\sstyle=|(src|href)="(?!#)/,
      );
    expect(html.match(/<style/g)).toHaveLength(1);
  });

  test("shows hostile texts as text", () => {
    expect(html).not.toContain(NAME);
    expect(html).not.toContain(TEXT);
    expect(html).toContain("&lt;img src=x onerror=alert(1)&gt;");
    expect(html).toContain("&lt;/style&gt;&lt;/script&gt;&lt;script&gt;");
  });
});

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

describe("colours", () => {
  /** @see https://www.w3.org/TR/WCAG22/#contrast-minimum */
  const luminance = (colour: string): number => {
    const [red, green, blue] = [1, 3, 5].map((at) => {
      const part = parseInt(colour.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (one: string, other: string): number => {
    const [dark, light] = [luminance(one), luminance(other)].sort(
      (a, b) => a - b,
    );
    return (light + 0.05) / (dark + 0.05);
  };

  test.each(
    ["ink", "muted", "accent", "fine", "due", "bad"].flatMap((ink) =>
      ["page", "lane", "box"].flatMap((paper) =>
        [0, 1].map(
          (scheme) => [ink, paper, scheme ? "dark" : "light"] as const,
        ),
      ),
    ),
  )("make %s readable on %s in the %s", (ink, paper, scheme) => {
    const at = scheme === "dark" ? 1 : 0;
    expect(contrast(PALETTE[ink][at], PALETTE[paper][at])).toBeGreaterThan(4.5);
  });
});

test.each([
  "",
  "a",
  "certificate authority of Kubernetes",
  "漢字".repeat(50),
  "🚀".repeat(9),
  NAME,
])("cuts a text to the width that there is: %s", (words) => {
  const font = { size: 12 };
  for (const width of [20, 100, 400]) {
    const shown = fitted(words, width, font);
    expect(widthOf(shown, font)).toBeLessThanOrEqual(width);
    if (widthOf(words, font) <= width) expect(shown).toBe(words);
    else expect(shown.endsWith("…")).toBe(true);
  }
});
