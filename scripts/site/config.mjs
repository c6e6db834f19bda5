// The configuration of the site. scripts/site.ts copies it beside the pages, with what it decided in `site.json`.
import { readFileSync } from "node:fs";
import { defineConfig } from "vitepress";
import { anchorOf, ID } from "../../pages.ts";

const site = JSON.parse(
  readFileSync(new URL("site.json", import.meta.url), "utf8"),
);

export default defineConfig({
  title: "cdktf-control-plane",
  description: site.description,
  base: site.base,
  outDir: site.outDir,
  head: [["link", { rel: "icon", href: `${site.base}icon.svg` }]],
  // Text in angle brackets is text: the pages contain no HTML.
  markdown: {
    html: false,
    anchor: { slugify: anchorOf },
    attrs: { leftDelimiter: ID.before, rightDelimiter: ID.after },
  },
  themeConfig: {
    search: { provider: "local" },
    outline: [2, 3],
    nav: [
      { text: "Getting started", link: "/docs/getting-started" },
      { text: "All pages", link: "/docs/" },
      { text: "API", link: "/docs/api/" },
    ],
    sidebar: site.sidebar,
  },
});
