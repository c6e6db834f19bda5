import { rfc3339 } from "../../base/duration";
import { element, escapeMarkup } from "../markup";
import type { Cluster } from "../model/cluster";
import { connectionWords } from "../model/connections";
import { day } from "../report/validity";
import { enumerated } from "../text";
import { authoritiesPart } from "./authorities";
import { striped, type Part, type Point, text } from "./drawing";
import { LANE_WIDTH, layersPart } from "./layers";
import { paletteRules, PICTURE_STYLE } from "./style";
import { LEGEND } from "./words";

/** The room at the sides, for lines that pass by lanes. */
const MARGIN = 44;
const WIDTH = LANE_WIDTH + 2 * MARGIN;
const BETWEEN = 28;

/** A picture of the clusters for a file of its own. */
export function svgOf(clusters: readonly Cluster[], now: Date): string {
  const style = `\n${paletteRules(".picture")}\n${PICTURE_STYLE}\n`;
  const parts = clusters.flatMap((cluster) => [
    (at: Point) => heading(at, cluster, now),
    ...partsOf(cluster, now),
  ]);
  return `${drawn(clusters, parts, [
    element("style", {}, style),
    element("rect", { width: "100%", height: "100%", fill: "var(--page)" }),
  ])}\n`;
}

/** A picture of a cluster for a page that has the style. */
export const picture = (cluster: Cluster, now: Date): string =>
  drawn([cluster], partsOf(cluster, now));

const partsOf = (cluster: Cluster, now: Date) => [
  (at: Point) => layersPart(at, cluster, now),
  (at: Point) => authoritiesPart(at, cluster.authorities, now),
];

/** Draws parts below each other. */
function drawn(
  clusters: readonly Cluster[],
  parts: readonly ((at: Point) => Part)[],
  before: readonly string[] = [],
): string {
  let top = 24;
  const marks = [...parts, legend].flatMap((part) => {
    const drawn = part({ x: MARGIN, y: top });
    top += drawn.height === 0 ? 0 : drawn.height + BETWEEN;
    return drawn.marks;
  });
  const names = enumerated(clusters.map(({ name }) => name));
  return element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      class: "picture",
      width: WIDTH,
      height: top,
      viewBox: `0 0 ${WIDTH} ${top}`,
      role: "img",
    },
    element("title", {}, escapeMarkup(names)),
    element("desc", {}, escapeMarkup(clusters.map(description).join(" "))),
    ...before,
    ...marks.filter(Boolean).map((mark) => `\n${mark}`),
    "\n",
  );
}

function heading({ x, y }: Point, cluster: Cluster, now: Date): Part {
  const { name, version, facts } = cluster;
  const about = [
    version && `Kubernetes ${version}`,
    `stack ${facts.stack}`,
    facts.store !== name && facts.store,
    `on ${day(rfc3339(now))}`,
  ].filter(Boolean);
  return {
    height: 24,
    marks: [
      text({ x, y: y + 4 }, name, LANE_WIDTH, { font: "title" }),
      text({ x, y: y + 24 }, about.join(" · "), LANE_WIDTH, { muted: true }),
    ],
  };
}

function legend({ x, y }: Point): Part {
  const width = LANE_WIDTH / LEGEND.length;
  return {
    height: 40,
    marks: [
      ...LEGEND.flatMap(([colour, words], index) => {
        const left = x + index * width;
        return [
          ...striped(
            { x: left, y, width: width - 12, height: 22 },
            "chip",
            colour,
          ),
          text({ x: left + 12, y: y + 15 }, words, width - 30, {
            font: "small",
          }),
        ];
      }),
      text(
        { x, y: y + 40 },
        "An arrow leads from a client to its server, and from an authority to what it signs.",
        LANE_WIDTH,
        { font: "small", muted: true },
      ),
    ],
  };
}

/** The picture in words, for people who do not see it. */
function description(cluster: Cluster): string {
  const { name, layers, connections, authorities } = cluster;
  const rows = layers.map(({ title, groups }) =>
    groups.length === 0
      ? title
      : `${title} (${groups.map((group) => group.name).join(", ")})`,
  );
  const clients = connections.map((each) => connectionWords([each]));
  return [
    `${name}: ${rows.join("; ")}.`,
    `Connections: ${[...new Set(clients)].join("; ")}.`,
    ...authorities.map(
      ({ purpose, signs }) =>
        `The ${purpose} signs: ${signs.map((signed) => signed.purpose).join("; ") || "nothing here"}.`,
    ),
  ].join(" ");
}
