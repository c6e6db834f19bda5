import { createHash } from "node:crypto";
import { element, escapeMarkup } from "../markup";
import type {
  Block,
  Chapter,
  Document,
  Item,
  Section,
  Words,
} from "./document";
import { PAGE_STYLE } from "./style";

/** A report as one page that needs nothing else: no script, no font, and no other file. */
export function htmlOf({ title, about, chapters }: Document): string {
  const hash = createHash("sha256").update(PAGE_STYLE).digest("base64");
  // Whatever gets into the page, the browser runs and loads nothing but this style.
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  const head = [
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="referrer" content="no-referrer">',
    `<title>${escapeMarkup(title)}</title>`,
    `<style>${PAGE_STYLE}</style>`,
  ];
  const body = [
    element(
      "header",
      {},
      element("h1", {}, escapeMarkup(title)),
      element("p", { class: "about" }, said(about)),
      ...chapters.map(contents),
    ),
    element("main", {}, ...chapters.map(chapterOf)),
  ];
  return [
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    ...head,
    "</head>",
    "<body>",
    ...body,
    "</body>",
    "</html>",
    "",
  ].join("\n");
}

/** The places of sections, which the table of contents names. */
const idOf = (chapter: number, section: number): string =>
  `s${chapter + 1}-${section + 1}`;

const contents = ({ title, sections }: Chapter, at: number): string =>
  element(
    "nav",
    { "aria-label": title },
    element("b", {}, escapeMarkup(title)),
    ...sections.map((section, index) =>
      element(
        "a",
        { href: `#${idOf(at, index)}` },
        escapeMarkup(section.title),
      ),
    ),
  );

const chapterOf = ({ title, about, sections }: Chapter, at: number): string =>
  element(
    "article",
    {},
    element("h2", {}, escapeMarkup(title)),
    element("p", { class: "about" }, said(about)),
    ...sections.map((section, index) => sectionOf(section, idOf(at, index))),
  );

const sectionOf = ({ title, blocks }: Section, id: string): string =>
  element(
    "section",
    { id },
    element("h3", {}, escapeMarkup(title)),
    ...blocks.map(blockOf),
  );

function blockOf(block: Block): string {
  switch (block.kind) {
    case "text":
      return element("p", {}, said(block.words));
    case "list":
      return element(
        "ul",
        {},
        ...block.items.map((each) => inElement("li", each)),
      );
    case "values":
      return element(
        "dl",
        {},
        ...block.rows.map(([name, value]) =>
          element(
            "div",
            {},
            element("dt", {}, escapeMarkup(name)),
            element("dd", {}, said(value)),
          ),
        ),
      );
    case "table": {
      const kindOf = (at: number): string | undefined =>
        block.rows.every((row) => isNumber(row[at])) ? "number" : undefined;
      return element(
        "div",
        { class: "wide", tabindex: 0 },
        element(
          "table",
          {},
          element(
            "thead",
            {},
            element(
              "tr",
              {},
              ...block.columns.map((name, at) =>
                element(
                  "th",
                  { scope: "col", class: kindOf(at) },
                  escapeMarkup(name),
                ),
              ),
            ),
          ),
          element(
            "tbody",
            {},
            ...block.rows.map((row) =>
              element(
                "tr",
                {},
                ...row.map((cell, at) => inElement("td", cell, kindOf(at))),
              ),
            ),
          ),
        ),
      );
    }
    case "image":
      return element("div", { class: "wide", tabindex: 0 }, block.svg);
  }
}

const isNumber = ({ words, note }: Item): boolean =>
  note === undefined && /^[\d,]+$/.test(said(words));

const inElement = (
  name: "li" | "td",
  { words, colour, note }: Item,
  kind?: string,
): string =>
  element(
    name,
    { class: colour ? `is-${colour}` : kind },
    said(words),
    ...(note ? [element("small", {}, said(note))] : []),
  );

const said = (all: Words): string =>
  all
    .map((word) =>
      typeof word === "string"
        ? escapeMarkup(word)
        : element("code", {}, escapeMarkup(word.code)),
    )
    .join("");
