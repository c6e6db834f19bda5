import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

export const ROOT = join(__dirname, "../..");

/** A fenced block, with the HTML comments right before it: `<!-- key: value -->`. */
export interface Block {
  /** The path of the page, relative to the repository. */
  readonly page: string;
  /** The line number of its first line of text, counted from one. */
  readonly line: number;
  readonly language: string;
  readonly text: string;
  readonly marks: Readonly<Record<string, string>>;
}

/** The pages that people write. The pages in docs/api are generated. */
export const PAGES: readonly string[] = [
  ...markdownIn(ROOT, false),
  ...markdownIn(join(ROOT, "docs"), false),
  ...markdownIn(join(ROOT, "examples"), true),
];

export const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

export function blocksOf(page: string): Block[] {
  const blocks: Block[] = [];
  const lines = read(page).split("\n");
  for (let i = 0; i < lines.length; i++) {
    const fence = /^```(\w*)$/.exec(lines[i]);
    if (!fence) continue;
    const end = lines.indexOf("```", i + 1);
    const marks: Record<string, string> = {};
    for (let j = i - 1; j >= 0; j--) {
      const mark = /^<!-- ([a-z]+): (.*) -->$/.exec(lines[j]);
      if (!mark) break;
      marks[mark[1]] = mark[2];
    }
    const text = lines.slice(i + 1, end).join("\n") + "\n";
    blocks.push({ page, line: i + 2, language: fence[1], text, marks });
    i = end;
  }
  return blocks;
}

/** Removes the code from a page. */
export const prose = (markdown: string) =>
  markdown.replace(/^```[\s\S]*?^```$/gm, "").replace(/`[^`\n]*`/g, "");

function markdownIn(folder: string, recursive: boolean): string[] {
  return readdirSync(folder, { recursive, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".md"))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .sort();
}
