import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { htmlOf } from "../../lib/cli/page/html";
import { reportOf } from "../../lib/cli/page/sections";
import { Browser, type Page } from "../support/browser";
import { deployed, hostile, NOW, planned, SHAPES } from "./support/shapes";

const folder = mkdtempSync(join(tmpdir(), "report-"));
const path = join(folder, "report.html");
const clusters = [
  deployed(
    SHAPES["hosts with a large pool"],
    ({ files: [file] }) =>
      new Date(/cp-2|kubeconfigs/.test(file) ? "2026-06-01" : "2027-01-01"),
  ),
  planned(SHAPES["a virtual IP, units, and etcd on its own hosts"]),
  deployed(SHAPES["certificates alone"]),
  hostile(),
];
let browser: Browser;
let page: Page;

beforeAll(async () => {
  writeFileSync(path, htmlOf(reportOf(clusters, NOW)));
  browser = await Browser.start();
  page = await browser.open(pathToFileURL(path).href, { width: 1200 });
});
afterAll(async () => {
  await browser.end();
  rmSync(folder, { recursive: true, force: true });
});

test("has a chapter for each cluster, and links to all of its sections", async () => {
  const [chapters, broken, links] = await page.evaluate<
    [string[], string[], number]
  >(`(() => {
    const links = [...document.querySelectorAll("a")];
    return [
      [...document.querySelectorAll("article > h2")].map(({ textContent }) => textContent),
      links.filter(({ hash }) => !document.querySelector("section" + hash)).map(({ hash }) => hash),
      links.length,
    ];
  })()`);
  expect(chapters).toEqual(clusters.map(({ name }) => name));
  expect(broken).toEqual([]);
  const sections = await page.evaluate<number>(
    `document.querySelectorAll("section").length`,
  );
  expect(links).toBe(sections);
});

test("has pictures, tables with as many cells as columns, and a time line", async () => {
  const [pictures, timelines, uneven] = await page.evaluate<
    [number, number, number]
  >(`[
    document.querySelectorAll("svg.picture:not(.timeline)").length,
    document.querySelectorAll("svg.timeline").length,
    [...document.querySelectorAll("tr")].filter((row) =>
      row.cells.length !== row.closest("table").rows[0].cells.length).length,
  ]`);
  expect([pictures, timelines, uneven]).toEqual([4, 3, 0]);
});

test("loads nothing, runs nothing, and has no element that hostile texts name", async () => {
  const [resources, elements, attributes, title] = await page.evaluate<
    [number, string[], string[], string]
  >(`(() => {
    const all = [...document.querySelectorAll("*")];
    return [
      performance.getEntriesByType("resource").length,
      [...new Set(all.map(({ localName }) => localName))].sort(),
      [...new Set(all.flatMap((each) => each.getAttributeNames()))].sort(),
      document.title,
    ];
  })()`);
  expect(resources).toBe(0);
  expect(elements).not.toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^(script|img|iframe|link)$/),
    ]),
  );
  expect(attributes).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/^(on|style$|src)/)]),
  );
  expect(title).toMatch(/^Report: /);
  expect(page.complaints).toEqual([]);
});

test("shows hostile texts as they are", async () => {
  const text = await page.evaluate<string>(`document.body.textContent`);
  const { name, nodes } = clusters[3];
  for (const wanted of [name, nodes[0].name]) expect(text).toContain(wanted);
});

test.each([400, 800, 1600])(
  "fits a window of %s pixels, in the light and in the dark",
  async (width) => {
    const papers: string[] = [];
    for (const scheme of ["light", "dark"] as const) {
      await page.lookAt({ width, scheme });
      const [wide, outside, paper] = await page.evaluate<
        [number, string[], string]
      >(`(() => {
        const outside = [...document.querySelectorAll("body *")]
          .filter((each) => !each.closest(".wide") || each.matches(".wide"))
          .filter((each) => each.getBoundingClientRect().right > innerWidth + 0.5);
        return [
          document.documentElement.scrollWidth,
          outside.map(({ outerHTML }) => outerHTML.slice(0, 80)),
          getComputedStyle(document.body).backgroundColor,
        ];
      })()`);
      expect(wide).toBeLessThanOrEqual(width);
      expect(outside).toEqual([]);
      papers.push(paper);
    }
    expect(papers).toEqual(["rgb(255, 255, 255)", "rgb(13, 17, 23)"]);
  },
);

test("is printed in the light, without links and without anything cut", async () => {
  await page.lookAt({ width: 1200, scheme: "dark", media: "print" });
  const [paper, links] = await page.evaluate<[string, string]>(
    `[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.querySelector("nav")).display]`,
  );
  expect([paper, links]).toEqual(["rgb(255, 255, 255)", "none"]);
  // 180 mm: what is left of a page of A4 between its margins.
  await page.lookAt({ width: 680, media: "print" });
  expect(
    await page.evaluate<number>(`document.documentElement.scrollWidth`),
  ).toBeLessThanOrEqual(680);
  const pdf = await page.pdf();
  expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
  expect(
    pdf.toString("latin1").match(/\/Type \/Page\b/g)?.length,
  ).toBeGreaterThan(4);
});
