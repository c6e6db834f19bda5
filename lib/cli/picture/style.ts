import { FONTS } from "./drawing";

/** The colours of pictures and reports: in the light, and in the dark. On paper they are those of the light. */
export const PALETTE: Readonly<Record<string, readonly [string, string]>> = {
  page: ["#ffffff", "#0d1117"],
  ink: ["#1f2328", "#e6edf3"],
  muted: ["#57606a", "#a5b0bb"],
  lane: ["#f3f5f8", "#1c222a"],
  box: ["#ffffff", "#0d1117"],
  edge: ["#c3cad2", "#454e59"],
  line: ["#57606a", "#a5b0bb"],
  accent: ["#0969da", "#4c9bff"],
  fine: ["#1a7f37", "#3fb950"],
  due: ["#8f5f00", "#d29922"],
  bad: ["#cf222e", "#ff7b72"],
  none: ["#8c959f", "#6e7681"],
};

export const STATES = ["fine", "due", "bad", "none"] as const;

/** Rules that set the variables of the palette for what `selector` selects. */
export function paletteRules(selector: string): string {
  const rule = (at: 0 | 1): string =>
    `${selector} { ${Object.entries(PALETTE)
      .map(([name, colours]) => `--${name}: ${colours[at]};`)
      .join(" ")} }`;
  return [
    rule(0),
    `@media (prefers-color-scheme: dark) { ${rule(1)} }`,
    `@media print { ${rule(0)} }`,
  ].join("\n");
}

const fontRules = Object.entries(FONTS)
  .map(
    ([name, { size, ...font }]) =>
      `.picture .${name} { font-size: ${size}px; font-weight: ${"bold" in font ? 700 : 400}; }`,
  )
  .join("\n");

/** The style of pictures, without the variables of the palette. */
export const PICTURE_STYLE = `.picture { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.picture text { font-family: system-ui, -apple-system, "Segoe UI", sans-serif; fill: var(--ink); }
${fontRules}
.picture text.muted { fill: var(--muted); }
.picture .lane:not(text) { fill: var(--lane); }
.picture .box { fill: var(--box); stroke: var(--edge); stroke-width: 1.5; }
.picture .chip { fill: var(--lane); }
.picture .card { fill: var(--box); }
.picture .line { fill: none; stroke: var(--line); stroke-width: 1.5; }
.picture .head { fill: var(--line); }
${STATES.map((state) => `.picture text.is-${state} { fill: var(--${state === "none" ? "muted" : state}); }\n.picture .stripe.is-${state} { fill: var(--${state}); }`).join("\n")}`;
