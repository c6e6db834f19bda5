import type { Block, Document, Item, Words } from "./document";

const MARKS = { fine: "✓ ", due: "! ", bad: "✗ ", none: "" } as const;

/** A report in Markdown. It has those pictures that can be written in the language of Mermaid. */
export const markdownOf = ({ title, about, chapters }: Document): string =>
  [
    `# ${escaped(title)}`,
    said(about),
    ...chapters.flatMap((chapter) => [
      `## ${escaped(chapter.title)}`,
      said(chapter.about),
      ...chapter.sections.flatMap((section) => [
        `### ${escaped(section.title)}`,
        ...section.blocks.flatMap(blockLines),
      ]),
    ]),
  ]
    .filter((part) => part !== "")
    .join("\n\n")
    .concat("\n");

function blockLines(block: Block): string[] {
  switch (block.kind) {
    case "text":
      return [said(block.words)];
    case "list":
      return [block.items.map((each) => `- ${itemText(each)}`).join("\n")];
    case "values":
      return [
        block.rows
          .map(([name, value]) => `- ${escaped(name)}: ${said(value)}`)
          .join("\n"),
      ];
    case "table":
      return [
        [
          block.columns.map(escaped),
          block.columns.map(() => "---"),
          ...block.rows.map((row) => row.map(itemText)),
        ]
          .map((cells) => `| ${cells.join(" | ")} |`)
          .join("\n"),
      ];
    case "image":
      return block.mermaid === undefined
        ? []
        : [`\`\`\`mermaid\n${block.mermaid}\`\`\``];
  }
}

const itemText = ({ words, colour, note = [] }: Item): string =>
  [`${colour ? MARKS[colour] : ""}${said(words)}`, said(note)]
    .filter(Boolean)
    .join("; ");

const said = (all: Words): string =>
  all
    .map((word) =>
      typeof word === "string" ? escaped(word) : codeOf(word.code),
    )
    .join("");

const escaped = (text: string): string =>
  text.replace(/[\\`*_{}[\]<>#|!~&]/g, "\\$&").replaceAll("\n", " ");

/** A code span, whose fence is longer than any row of backticks in it. */
function codeOf(text: string): string {
  const longest = Math.max(
    0,
    ...(text.match(/`+/g) ?? []).map(({ length }) => length),
  );
  const fence = "`".repeat(longest + 1);
  const space = /^`|`$/.test(text) ? " " : "";
  return `${fence}${space}${text.replaceAll("|", "\\|")}${space}${fence}`;
}
