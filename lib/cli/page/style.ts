import { paletteRules, PICTURE_STYLE, STATES } from "../picture/style";

/** The style of a report, for screens from the width of a telephone on, in the light, in the dark, and on paper. */
export const PAGE_STYLE = `
${paletteRules(":root")}
* { box-sizing: border-box; }
html { color-scheme: light dark; scroll-behavior: smooth; -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; padding: 24px clamp(16px, 4vw, 48px) 64px; max-width: 1160px; background: var(--page); color: var(--ink); font: 15px/1.55 system-ui, -apple-system, "Segoe UI", sans-serif; overflow-wrap: anywhere; }
h1 { margin: 0; font-size: 28px; line-height: 1.25; }
h2 { margin: 56px 0 0; padding-top: 20px; border-top: 3px solid var(--accent); font-size: 24px; line-height: 1.25; }
h3 { margin: 44px 0 12px; font-size: 18px; }
p { margin: 0 0 12px; max-width: 78ch; text-wrap: pretty; }
.about { color: var(--muted); margin-top: 4px; }
code { padding: 1px 5px; border-radius: 4px; background: var(--lane); font: 0.88em/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
nav { display: flex; flex-wrap: wrap; gap: 4px 16px; margin-top: 12px; }
a { color: var(--accent); text-decoration: none; }
a:hover { text-decoration: underline; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
ul { margin: 0 0 12px; padding: 0; list-style: none; }
li { margin: 0 0 6px; padding: 8px 12px; border-left: 5px solid var(--edge); border-radius: 4px; background: var(--lane); }
li code { background: var(--page); }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(280px, 100%), 1fr)); gap: 10px; margin: 0 0 16px; }
dl div { padding: 10px 14px; border-radius: 8px; background: var(--lane); }
dt { color: var(--muted); font-size: 13px; }
dd { margin: 2px 0 0; font-size: 16px; font-weight: 600; }
.wide { overflow-x: auto; margin: 0 0 16px; }
.wide > svg { display: block; width: 100%; min-width: 760px; height: auto; }
table { width: 100%; min-width: 640px; border-collapse: collapse; font-size: 14px; overflow-wrap: break-word; }
th { padding: 6px 12px 6px 0; border-bottom: 2px solid var(--edge); color: var(--muted); font-size: 0.93em; text-align: left; white-space: nowrap; }
td { min-width: 7.6em; padding: 8px 12px 8px 0; border-bottom: 1px solid var(--edge); vertical-align: top; }
.number { padding-right: 40px; text-align: right; font-variant-numeric: tabular-nums; }
small { display: block; color: var(--muted); font-size: 0.93em; line-height: 1.45; }
${STATES.map(
  (state) =>
    `li.is-${state} { border-left-color: var(--${state}); }
td.is-${state} { min-width: 8.4em; color: var(--${state === "none" ? "muted" : state}); font-weight: 600; }
td.is-${state} small { font-weight: 400; }`,
).join("\n")}
${PICTURE_STYLE}
.timeline .tick { stroke: var(--edge); stroke-width: 1; }
.timeline .now { stroke: var(--accent); stroke-width: 2; }
.timeline .bar { opacity: 0.35; }
${STATES.map((state) => `.timeline .bar.is-${state} { fill: var(--${state}); }`).join("\n")}
@media print {
  @page { margin: 14mm; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  nav { display: none; }
  .wide { overflow: visible; }
  .wide > svg, table { min-width: 0; }
  .wide > svg { max-height: 215mm; break-inside: avoid; }
  table { font-size: 8pt; }
  td, td[class] { min-width: 0; overflow-wrap: anywhere; }
  td:first-child { min-width: 8.4em; }
  td:last-child { min-width: 7em; }
  h2, h3 { break-after: avoid; }
  tr, li, dl div { break-inside: avoid; }
  li, dl div, code { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
