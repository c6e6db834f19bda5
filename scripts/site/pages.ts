// What the site consists of. The tree of pages is the repository's own, so that links between pages stay as they are.
import { dirname, join, normalize } from "node:path/posix";

/** The page whose sections and links are the site's navigation. */
export const INDEX = "docs/README.md";

export interface Section {
  readonly text: string;
  readonly items: readonly { readonly text: string; readonly page: string }[];
}

/** The sections of the index, with the pages that they list, as paths within the repository. */
export function sectionsOf(index: string): Section[] {
  return index
    .split(/^## /m)
    .slice(1)
    .map((section) => ({
      text: section.slice(0, section.indexOf("\n")).trim(),
      items: [...section.matchAll(/^- \[([^\]]+)\]\(([^)]+)\)/gm)].map(
        ([, text, link]) => ({ text, page: within(INDEX, link) }),
      ),
    }));
}

/** The anchor of a heading, as repositories' web pages derive it. */
export const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number} _-]/gu, "")
    .replaceAll(" ", "-");

/** The file of a page in the site. A folder's README is the folder's own page. */
export const siteFile = (page: string) =>
  page.replace(/(^|\/)README\.md$/, "$1index.md");

/** The address of a page within the site. */
export const addressOf = (page: string) =>
  siteFile(page)
    .replace(/(^|\/)index\.md$/, "$1")
    .replace(/\.md$/, ".html");

/**
 * Returns the page with links that work within the site. Pages link to files and folders of the repository, which are
 * no pages: `sourceOf` says which file of text a path stands for, and that file becomes a page of its own.
 */
export function withSiteLinks(
  page: string,
  text: string,
  sourceOf: (path: string) => string | undefined,
): { readonly text: string; readonly sources: readonly string[] } {
  const sources: string[] = [];
  const target = (link: string): string => {
    if (/^[a-z]+:|\.(svg|png)$/.test(link)) return link;
    if (link.endsWith(".md")) return siteFile(link);
    const source = sourceOf(within(page, link));
    if (source === undefined) return link;
    if (source.endsWith(".md")) return `/${siteFile(source)}`;
    sources.push(source);
    return `/${sourcePage(source)}`;
  };
  const linked = text.replace(
    /\]\(([^)\s#]+)(#[^)\s]*)?\)/g,
    (_, link: string, anchor = "") => `](${target(link)}${anchor})`,
  );
  return { text: linked, sources };
}

/** What encloses the id of an element. */
export const ID = { before: "{:", after: "}" };

/** Removes the comments, which are for the tests, and makes the anchors of generated pages ids of what follows them. */
export const withoutHtml = (text: string): string =>
  text
    .replace(/^<!-- .* -->\n/gm, "")
    .replace(
      /<a id="([^"]+)"><\/a>\s+(#+ .*|`[^`]*`)/g,
      (_, id: string, text: string) =>
        `${text}${text.startsWith("#") ? " " : ""}${ID.before}#${id}${ID.after}`,
    );

/** The page that shows a file of code. */
export const sourcePage = (path: string) => `${path}.md`;

export function sourceText(path: string, code: string): string {
  const language = /\.(\w+)$/.exec(path)?.[1] ?? "text";
  return `# ${path}\n\n\`\`\`\`${language}\n${code.trimEnd()}\n\`\`\`\`\n`;
}

const within = (page: string, link: string) =>
  normalize(join(dirname(page), link)).replace(/\/$/, "");
