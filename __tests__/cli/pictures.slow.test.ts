import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Cluster } from "../../lib/cli/model/cluster";
import { dotOf } from "../../lib/cli/picture/dot";
import { mermaidOf } from "../../lib/cli/picture/mermaid";
import {
  type Frame,
  type Item,
  type Outline,
  outlineOf,
} from "../../lib/cli/picture/outline";
import { svgOf } from "../../lib/cli/picture/svg";
import { Browser } from "../support/browser";
import { mermaidScript } from "../support/mermaid";
import {
  deployed,
  hostile,
  NOW,
  planned,
  type Shape,
  SHAPES,
} from "./support/shapes";

const folder = mkdtempSync(join(tmpdir(), "pictures-"));
let browser: Browser;
beforeAll(async () => {
  browser = await Browser.start();
});
afterAll(async () => {
  await browser.end();
  rmSync(folder, { recursive: true, force: true });
});

function written(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return pathToFileURL(path).href;
}

const names = Object.keys(SHAPES) as Shape[];
const CLUSTERS: readonly (readonly [string, () => Cluster])[] = [
  ...names.map((name) => [name, () => planned(SHAPES[name])] as const),
  [
    "certificates in every state",
    () =>
      deployed(
        SHAPES["hosts with a large pool"],
        ({ files: [file] }) =>
          new Date(
            file.includes("etcd")
              ? "2026-05-01"
              : file.includes("kubeconfigs")
                ? "2025-01-01"
                : "2027-01-01",
          ),
      ),
  ],
  ["hostile names", hostile],
];

/** Texts that leave the smallest box around their middle, or the picture, and pairs of texts that overlap. */
const MISPLACED = `(() => {
  const boxOf = (element) => element.getBoundingClientRect();
  const boxes = [...document.querySelectorAll("rect")].map(boxOf);
  const texts = [...document.querySelectorAll("text")]
    .map((element) => ({ words: element.lastChild.data, box: boxOf(element) }))
    .filter(({ words }) => words);
  const contains = (outer, inner) =>
    inner.left >= outer.left - 0.5 && inner.right <= outer.right + 0.5 &&
    inner.top >= outer.top - 0.5 && inner.bottom <= outer.bottom + 0.5;
  const middle = ({ left, right, top, bottom }) => {
    const [x, y] = [(left + right) / 2, (top + bottom) / 2];
    return { left: x, right: x, top: y, bottom: y };
  };
  const outside = texts.filter(({ box }) => {
    const around = boxes.filter((each) => contains(each, middle(box)));
    around.sort((a, b) => a.width * a.height - b.width * b.height);
    return around.length === 0 || !contains(around[0], box);
  });
  const overlaps = texts.flatMap((one, at) => texts.slice(at + 1)
    .filter(({ box }) => box.left < one.box.right - 1 && one.box.left < box.right - 1 &&
      box.top < one.box.bottom - 3 && one.box.top < box.bottom - 3)
    .map((other) => one.words + " / " + other.words));
  return { count: texts.length, outside: outside.map(({ words }) => words), overlaps };
})()`;

describe("the SVG", () => {
  test.each(CLUSTERS)(
    "has each text in its box and beside all others: %s",
    async (name, cluster) => {
      const url = written(`${name}.svg`, svgOf([cluster()], NOW));
      const page = await browser.open(url, { width: 1000 });
      const found = await page.evaluate<{
        count: number;
        outside: string[];
        overlaps: string[];
      }>(MISPLACED);
      expect(found.count).toBeGreaterThan(8);
      expect(found).toMatchObject({ outside: [], overlaps: [] });
      expect(page.complaints).toEqual([]);
      await page.close();
    },
  );

  test("shows hostile names as they are, and runs nothing of them", async () => {
    const cluster = hostile();
    const url = written("hostile.svg", svgOf([cluster], NOW));
    const page = await browser.open(url, { width: 1000 });
    const [title, elements, texts] = await page.evaluate<
      [string, string[], string]
    >(
      `[document.querySelector("title").textContent,
        [...new Set([...document.querySelectorAll("*")].map(({ tagName }) => tagName))].sort(),
        document.documentElement.textContent]`,
    );
    expect(title).toBe(cluster.name);
    expect(elements).toEqual([
      "desc",
      "path",
      "rect",
      "style",
      "svg",
      "text",
      "title",
    ]);
    for (const { name } of cluster.nodes.slice(0, 1))
      expect(texts).toContain(name);
    await page.close();
  });

  test("is light, dark, and light again on paper", async () => {
    const [, cluster] = CLUSTERS[0];
    const url = written("scheme.svg", svgOf([cluster()], NOW));
    const page = await browser.open(url, { width: 1000 });
    const colour = () =>
      page.evaluate<string>(
        `getComputedStyle(document.querySelector("rect")).fill`,
      );
    expect(await colour()).toBe("rgb(255, 255, 255)");
    await page.lookAt({ width: 1000, scheme: "dark" });
    expect(await colour()).toBe("rgb(13, 17, 23)");
    await page.lookAt({ width: 1000, scheme: "dark", media: "print" });
    expect(await colour()).toBe("rgb(255, 255, 255)");
    await page.close();
  });
});

const labelsOf = ({ frames }: Outline): string[] =>
  [...frames.flatMap(itemsIn), ...frames.flatMap(framesIn)].flatMap(
    ({ lines }) => lines,
  );

/** Programs that draw texts join blanks, or replace them. */
const withoutSpaces = (text: string): string => text.replace(/\s/g, "");

const itemsIn = ({ items, frames }: Frame): Item[] => [
  ...items,
  ...frames.flatMap(itemsIn),
];
const framesIn = (frame: Frame): Frame[] => [
  frame,
  ...frame.frames.flatMap(framesIn),
];

describe("DOT", () => {
  interface Drawn {
    readonly name: string;
    readonly nodes?: readonly number[];
  }

  test.each(CLUSTERS)("is drawn by Graphviz: %s", (_, cluster) => {
    const outline = outlineOf([cluster()], NOW);
    const { status, stdout, stderr } = spawnSync("dot", ["-Tjson"], {
      input: dotOf(outline),
      encoding: "utf8",
      maxBuffer: 64 << 20,
    });
    expect([status, stderr]).toEqual([0, ""]);
    const { objects, edges = [] } = JSON.parse(stdout) as {
      objects: Drawn[];
      edges?: unknown[];
    };
    const drawn = objects.map(({ name }) => name);
    for (const { id } of outline.frames.flatMap(itemsIn))
      expect(drawn).toContain(id);
    for (const { id } of outline.frames.flatMap(framesIn))
      expect(drawn).toContain(`cluster_${id}`);
    expect(edges).toHaveLength(outline.edges.length);
  });

  test("shows hostile names as they are", async () => {
    const outline = outlineOf([hostile()], NOW);
    const svg = execFileSync("dot", ["-Tsvg"], {
      input: dotOf(outline),
      encoding: "utf8",
    });
    const url = written("dot.svg", svg);
    const page = await browser.open(url, { width: 1000 });
    const texts = await page.evaluate<string[]>(
      `[...document.querySelectorAll("text")].map(({ textContent }) => textContent)`,
    );
    expect(texts.map(withoutSpaces)).toEqual(
      expect.arrayContaining(labelsOf(outline).map(withoutSpaces)),
    );
    await page.close();
  });
});

describe("Mermaid", () => {
  test.each(CLUSTERS)("is drawn by Mermaid: %s", async (name, cluster) => {
    const outline = outlineOf([cluster()], NOW);
    const script = pathToFileURL(mermaidScript()).href;
    const url = written(
      `${name}.html`,
      `<!doctype html><meta charset="utf-8"><script src="${script}"></script><div id="place"></div>`,
    );
    const page = await browser.open(url, { width: 1600 });
    await page.evaluate(`(async () => {
      mermaid.initialize({ startOnLoad: false, maxTextSize: 500_000, maxEdges: 1_000 });
      const { svg } = await mermaid.render("drawn", ${JSON.stringify(mermaidOf(outline))});
      document.getElementById("place").innerHTML = svg;
    })()`);
    const labels = await page.evaluate<string[]>(
      `[...document.querySelectorAll("#place .node, #place .cluster-label")].map(({ innerHTML }) => {
        const element = document.createElement("div");
        element.innerHTML = innerHTML.replace(/<br\\s*\\/?>/g, " ");
        return element.textContent;
      })`,
    );
    const wanted = [
      ...outline.frames.flatMap(itemsIn),
      ...outline.frames.flatMap(framesIn),
    ].map(({ lines }) => lines.join(" ").replaceAll("\\", "\u29f5"));
    expect(labels.map(withoutSpaces).sort()).toEqual(
      wanted.map(withoutSpaces).sort(),
    );
    expect(page.complaints).toEqual([]);
    await page.close();
  });
});
