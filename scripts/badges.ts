// Draws the badges at the top of the README: `npm run docs` draws those that follow from the code, and `.ci/run` draws
// the one of the tests, `tsx scripts/badges.ts tests PASSED`.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SUPPORTED_MINORS } from "../lib/catalog/versions";

const FOLDER = "docs/pictures/badges";
/** Pixels that a character of the badge's font takes. */
const CHARACTER = 6.6;
const PADDING = 8;

export function badge(label: string, text: string): string {
  const left = Math.round(label.length * CHARACTER) + 2 * PADDING;
  const right = Math.round(text.length * CHARACTER) + 2 * PADDING;
  const word = (value: string, x: number, width: number) =>
    `<text x="${x}" y="14" textLength="${width - 2 * PADDING}" text-anchor="middle">${value}</text>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="20" role="img" aria-label="${label}: ${text}">
<title>${label}: ${text}</title>
<clipPath id="round"><rect width="${left + right}" height="20" rx="4"/></clipPath>
<g clip-path="url(#round)"><rect width="${left}" height="20" fill="#444c56"/><rect x="${left}" width="${right}" height="20" fill="#3451b2"/></g>
<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">
${word(label, left / 2, left)}
${word(text, left + right / 2, right)}
</g>
</svg>
`;
}

function draw(name: string, label: string, text: string): void {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, `${name}.svg`), badge(label, text));
}

export function drawBadges(): void {
  const { license, engines } = JSON.parse(readFileSync("package.json", "utf8"));
  draw(
    "kubernetes",
    "Kubernetes",
    `1.${SUPPORTED_MINORS.at(0)} – 1.${SUPPORTED_MINORS.at(-1)}`,
  );
  draw("terraform", "Terraform", "≥ 1.5, OpenTofu ≥ 1.6");
  draw("node", "Node", engines.node.replace(">=", "≥ "));
  draw("license", "license", license);
}

if (process.argv[2] === "tests")
  draw("tests", "tests", `${Number(process.argv[3])} passed`);
