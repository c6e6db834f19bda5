// Builds the pages as a site of static files: `npx tsx scripts/site.ts [FOLDER]`, and `npm run docs`. Each version is a folder of its own, so
// that the site of an earlier version stays; the newest is where FOLDER's index.html leads.
import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import {
  addressOf,
  INDEX,
  sectionsOf,
  siteFile,
  sourcePage,
  sourceText,
  withoutHtml,
  withSiteLinks,
} from "./site/pages";

const HERE = join(__dirname, "site");
const STAGE = join(HERE, "stage");
const { version, description } = JSON.parse(
  readFileSync("package.json", "utf8"),
);
const folder = resolve(process.argv[2] ?? "dist/site");
/** The address below which the site will be served. */
const root = `/${process.env.SITE_BASE ?? ""}/`.replace(/\/+/g, "/");

if (!existsSync(join(HERE, "node_modules")))
  execFileSync("npm", ["ci", "--no-audit", "--no-fund", "--prefix", HERE], {
    stdio: "inherit",
  });

rmSync(STAGE, { recursive: true, force: true });
const sources = new Set<string>();
for (const page of markdownFiles()) {
  const text = withoutHtml(readFileSync(page, "utf8"));
  const linked = withSiteLinks(page, text, sourceOf);
  write(siteFile(page), linked.text);
  linked.sources.forEach((source) => sources.add(source));
}
for (const source of sources)
  write(sourcePage(source), sourceText(source, readFileSync(source, "utf8")));
cpSync("docs/pictures", join(STAGE, "docs/pictures"), { recursive: true });

mkdirSync(folder, { recursive: true });
const versions = [...new Set([version, ...builtVersions()])];
write(
  ".vitepress/site.json",
  JSON.stringify({
    description,
    current: version,
    versions,
    base: `${root}${version}/`,
    outDir: join(folder, version),
    sidebar: sectionsOf(readFileSync(INDEX, "utf8")).map((section) => ({
      text: section.text,
      items: section.items.map((item) => ({
        text: item.text,
        link: `/${addressOf(item.page)}`,
      })),
    })),
  }),
);
copy("config.mjs", ".vitepress/config.mjs");
copy("theme.mjs", ".vitepress/theme/index.mjs");
copy("icon.svg", "public/icon.svg");
execFileSync(join(HERE, "node_modules/.bin/vitepress"), ["build", STAGE], {
  stdio: "inherit",
});
writeFileSync(
  join(folder, "index.html"),
  `<!doctype html><meta http-equiv="refresh" content="0; url=${root}${version}/">\n`,
);
console.log(`The site is in ${join(folder, version)}.`);

function markdownFiles(): string[] {
  return execFileSync(
    "git",
    ["ls-files", "-co", "--exclude-standard", "*.md"],
    {
      encoding: "utf8",
    },
  )
    .trim()
    .split("\n")
    .filter((page) => !page.startsWith("__tests__/") && existsSync(page));
}

/** The file that a path of the repository stands for: itself, or what explains a folder. */
function sourceOf(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  if (!statSync(path).isDirectory()) return path;
  return ["README.md", "main.ts"]
    .map((name) => join(path, name))
    .find((file) => existsSync(file));
}

function builtVersions(): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort((a, b) => b.localeCompare(a, "en", { numeric: true }));
}

function write(path: string, text: string): void {
  const file = join(STAGE, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function copy(name: string, to: string): void {
  write(to, readFileSync(join(HERE, name), "utf8"));
}
