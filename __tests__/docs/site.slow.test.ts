import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { sectionsOf } from "../../scripts/site/pages";
import { read, ROOT } from "./markdown";

const { version } = JSON.parse(read("package.json"));
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};
const folder = mkdtempSync(join(tmpdir(), "site-"));
const server = createServer(({ url = "" }, response) => {
  const path = decodeURIComponent(new URL(url, "http://site").pathname);
  const file = join(folder, path.endsWith("/") ? `${path}index.html` : path);
  const type = TYPES[extname(file)] ?? "application/octet-stream";
  if (existsSync(file))
    response.setHeader("Content-Type", type).end(readFileSync(file));
  else response.writeHead(404).end();
});
let browser: Browser;
let site: string;

beforeAll(async () => {
  mkdirSync(join(folder, "0.0.9"));
  writeFileSync(join(folder, "0.0.9/index.html"), "<!doctype html>");
  execFileSync("npx", ["tsx", "scripts/site.ts", folder], { cwd: ROOT });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  site = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${version}`;
  browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox"],
  });
});

afterAll(async () => {
  await browser?.close();
  server.close();
  rmSync(folder, { recursive: true });
});

/** Opens a page; the test fails if its scripts report an error or a file is missing. */
async function open(path: string, width = 1400): Promise<Page> {
  const page = await browser.newPage({ viewport: { width, height: 900 } });
  const problems: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("response", (response) => {
    if (response.status() >= 400) problems.push(response.url());
  });
  await page.goto(`${site}/${path}`, { waitUntil: "networkidle" });
  expect(problems).toEqual([]);
  return page;
}

test("every link on the site leads to a page, and to a heading of it", () => {
  const root = join(folder, version);
  const pages = new Map(
    readdirSync(root, { recursive: true })
      .map(String)
      .filter((path) => path.endsWith(".html") && path !== "404.html")
      .map((path) => [
        `/${version}/${path.replace(/(^|\/)index\.html$/, "$1")}`,
        readFileSync(join(root, path), "utf8"),
      ]),
  );
  const broken = [...pages].flatMap(([from, html]) =>
    [...html.matchAll(/<a [^>]*?href="([^"]+)"/g)]
      .map(([, href]) => new URL(href, `http://site${from}`))
      .filter(({ host, pathname }) => {
        return host === "site" && pathname.startsWith(`/${version}/`);
      })
      .filter(({ pathname, hash }) => {
        const target = pages.get(pathname);
        if (target === undefined)
          return !existsSync(join(folder, decodeURI(pathname)));
        const id = decodeURIComponent(hash.slice(1));
        return id !== "" && !target.includes(`id="${id}"`);
      })
      .map((url) => `${from} -> ${url.pathname}${url.hash}`),
  );
  expect(pages.size).toBeGreaterThan(100);
  expect([...new Set(broken)]).toEqual([]);
});

test("the navigation lists every page of the index, in its order", async () => {
  const page = await open("docs/rollouts.html");
  const listed = await page
    .locator(".VPSidebar a .text")
    .evaluateAll((all) => all.map((each) => each.textContent));
  const index = sectionsOf(read("docs/README.md"));
  expect(listed).toEqual(
    index.flatMap(({ items }) => items.map(({ text }) => text)),
  );
  expect(listed.length).toBeGreaterThan(30);
});

test("previous and next lead to the neighbours in the index", async () => {
  const page = await open("docs/workers.html");
  expect(await page.locator(".pager-link.prev .title").textContent()).toBe(
    "Nodes",
  );
  await page.locator(".pager-link.next").click();
  await page.waitForURL("**/docs/endpoint.html");
});

test("a search finds a page by a word in its text", async () => {
  const page = await open("");
  await page.locator(".VPNavBarSearch button").first().click();
  await page.locator(".search-input").fill("textfile collector");
  const first = page.locator(".VPLocalSearchBox .result").first();
  await first.waitFor();
  expect(await first.getAttribute("href")).toContain("docs/monitoring.html");
});

test("the dark mode follows the system, and a switch", async () => {
  const page = await open("docs/nodes.html");
  const background = () =>
    page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
  expect(await background()).toBe("rgb(255, 255, 255)");
  await page.emulateMedia({ colorScheme: "dark" });
  await page.locator("html.dark").waitFor();
  expect(await background()).not.toBe("rgb(255, 255, 255)");
  await page.locator(".VPNavBar .VPSwitchAppearance").first().click();
  await page.locator("html:not(.dark)").waitFor();
  expect(await background()).toBe("rgb(255, 255, 255)");
});

test("the choice of versions leads to the earlier ones", async () => {
  const page = await open("docs/nodes.html");
  const choice = page.locator(".VPNavBar .versions");
  expect(await choice.inputValue()).toBe(version);
  await choice.selectOption("0.0.9");
  await page.waitForURL("**/0.0.9/");
});

test("no page is wider than a telephone", async () => {
  for (const path of ["", "docs/versions.html", "docs/commands.html"]) {
    const page = await open(path, 390);
    expect(
      await page.evaluate<number>("document.documentElement.scrollWidth"),
    ).toBeLessThanOrEqual(390);
    await page.close();
  }
});

test("a file of an example is a page of its own", async () => {
  const page = await open("docs/local.html");
  await page.locator('.vp-doc a[href*="examples/local"]').first().click();
  await page.waitForURL("**/examples/local/**");
  expect(await page.locator("h1").count()).toBe(1);
});
