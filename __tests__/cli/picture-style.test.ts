import { PALETTE } from "../../lib/cli/picture/style";
import { fitted, widthOf } from "../../lib/cli/picture/text-width";
import { NAME } from "./support/shapes";

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
