import { type Client, type Cluster, UNKNOWN_URL } from "../model/cluster";
import {
  betweenNodes,
  type Connection,
  connectionWords,
} from "../model/connections";
import type { Layer } from "../model/layers";
import { thousands } from "../names";
import {
  type Area,
  arrow,
  box,
  type Part,
  type Point,
  striped,
  text,
} from "./drawing";
import { nodeBox, nodeHeight, NODE_WIDTH } from "./node-box";
import { COLOURS, validityWords } from "./words";

/** The width of a lane, in which three nodes lie side by side. */
export const LANE_WIDTH = 892;
const TITLE = 34;
const PADDING = 16;
const INSIDE = LANE_WIDTH - 2 * PADDING;
const GAP = 22;
/** Between two lanes: there is room for arrows, and for what they mean. */
const BETWEEN = 48;
/** The room for one line beside the lanes, with its text. */
const RAIL = 26;

interface Lane extends Area {
  readonly layer: Layer;
}

/** The lanes of a cluster below each other, with arrows between them. */
export function layersPart({ x, y }: Point, cluster: Cluster, now: Date): Part {
  const { layers, connections } = cluster;
  const lanes: Lane[] = [];
  const marks: string[] = [];
  let top = y;
  for (const layer of layers) {
    const inside = { x: x + PADDING, y: top + TITLE };
    const content = contentOf(layer, inside, cluster, now);
    const height = TITLE + content.height + PADDING;
    const area = { x, y: top, width: LANE_WIDTH, height };
    lanes.push({ ...area, layer });
    marks.push(box(area, "lane"), ...titleOf(area, layer, connections));
    marks.push(...content.marks);
    top += height + BETWEEN;
  }
  return {
    marks: [...marks, ...arrowsBetween(lanes, connections)],
    height: Math.max(0, top - BETWEEN - y),
  };
}

function titleOf(
  { x, y }: Area,
  layer: Layer,
  connections: readonly Connection[],
): string[] {
  const words = betweenNodes(layer, connections);
  const place = { x: x + LANE_WIDTH - PADDING, y: y + 22 };
  return [
    text({ x: x + PADDING, y: y + 22 }, layer.title, 380, { font: "lane" }),
    text(place, words, 470, { font: "small", anchor: "end", muted: true }),
  ];
}

function contentOf(
  { id, groups }: Layer,
  place: Point,
  { clients, endpoint, connections }: Cluster,
  now: Date,
): Part {
  switch (id) {
    case "clients":
      return inRows(place, clientCells(clients, now), CLIENT, 4);
    case "endpoint": {
      const { url = UNKNOWN_URL, about } = endpoint!;
      return inRows(
        place,
        [(at) => endpointBox(at, url, about)],
        { width: 420, height: 56 },
        1,
      );
    }
    default: {
      const own = connections.filter(({ from, isOwn }) => from === id && isOwn);
      const height = Math.max(
        0,
        ...groups.map(({ node }) => nodeHeight(node.components.length)),
      );
      const cells = groups.map(
        (group) => (at: Point) => nodeBox(at, group, own, now),
      );
      return inRows(place, cells, { width: NODE_WIDTH, height }, 3);
    }
  }
}

type Cell = (at: Point) => readonly string[];

/** Cells of one size in rows, each row in the middle of its lane. */
function inRows(
  { x, y }: Point,
  cells: readonly Cell[],
  { width, height }: { readonly width: number; readonly height: number },
  most: number,
): Part {
  const rows = Math.ceil(cells.length / most);
  const marks = cells.flatMap((cell, index) => {
    const row = Math.floor(index / most);
    const inRow = Math.min(most, cells.length - row * most);
    const used = inRow * width + (inRow - 1) * GAP;
    return cell({
      x: x + (INSIDE - used) / 2 + (index % most) * (width + GAP),
      y: y + row * (height + GAP),
    });
  });
  return { marks, height: Math.max(0, rows * (height + GAP) - GAP) };
}

const CLIENT = { width: 198, height: 42 };
/** The most clients that are drawn: two rows. */
const MOST_CLIENTS = 8;

function clientCells(clients: readonly Client[], now: Date): Cell[] {
  const isLong = clients.length > MOST_CLIENTS;
  const shown = isLong ? clients.slice(0, MOST_CLIENTS - 1) : clients;
  const rest = clients.length - shown.length;
  return [
    ...shown.map((client): Cell => {
      const colour = COLOURS[client.state];
      return (at) => [
        ...striped({ ...at, ...CLIENT }, "card", colour),
        text({ x: at.x + 14, y: at.y + 17 }, client.name, CLIENT.width - 22),
        text(
          { x: at.x + 14, y: at.y + 34 },
          validityWords(client, now),
          CLIENT.width - 22,
          { font: "small", colour },
        ),
      ];
    }),
    ...(isLong
      ? [
          ((at) => [
            ...striped({ ...at, ...CLIENT }, "card"),
            text(
              { x: at.x + 14, y: at.y + 25 },
              `and ${thousands(rest)} more`,
              CLIENT.width - 22,
              { muted: true },
            ),
          ]) satisfies Cell,
        ]
      : []),
  ];
}

const endpointBox = (at: Point, url: string, about: string): string[] => [
  box({ ...at, width: 420, height: 56 }, "box"),
  text({ x: at.x + 210, y: at.y + 24 }, url, 390, {
    font: "name",
    anchor: "middle",
  }),
  text({ x: at.x + 210, y: at.y + 43 }, about, 390, {
    font: "small",
    anchor: "middle",
    muted: true,
  }),
];

/**
 * One arrow for all connections from one lane to another. It is between lanes that follow each other, and otherwise
 * beside them: left if it leads upwards, and right if it leads downwards.
 */
function arrowsBetween(
  lanes: readonly Lane[],
  connections: readonly Connection[],
): string[] {
  const arrows = lanes.flatMap((from, start) =>
    lanes.flatMap((to, end) => {
      const all = connections.filter(
        (each) =>
          each.from === from.layer.id &&
          each.to === to.layer.id &&
          start !== end,
      );
      return all.length > 0
        ? [{ from, to, start, end, words: connectionWords(all) }]
        : [];
    }),
  );
  const isNear = ({ start, end }: (typeof arrows)[0]): boolean =>
    Math.abs(start - end) === 1;
  const far = arrows.filter((each) => !isNear(each));
  return [
    ...lanes.flatMap((lane, at) => {
      const near = arrows.filter(
        (each) => isNear(each) && Math.min(each.start, each.end) === at,
      );
      const room = LANE_WIDTH / near.length;
      return near.flatMap(({ start, end, words }, index) => {
        const x = lane.x + room * (index + (near.length > 1 ? 0.25 : 0.5));
        const top = lane.y + lane.height;
        const ends = [
          { x, y: top + 2 },
          { x, y: top + BETWEEN - 2 },
        ];
        return [
          ...arrow(start < end ? ends : ends.reverse()),
          text({ x: x + 12, y: top + BETWEEN / 2 + 4 }, words, room * 0.7, {
            muted: true,
          }),
        ];
      });
    }),
    ...[true, false].flatMap((isUp) =>
      far
        .filter(({ start, end }) => start > end === isUp)
        .flatMap(({ from, to, words }, index) =>
          rail(from, to, isUp ? -1 : 1, index, words),
        ),
    ),
  ];
}

function rail(
  from: Lane,
  to: Lane,
  side: -1 | 1,
  index: number,
  words: string,
): string[] {
  const edge = side < 0 ? from.x : from.x + LANE_WIDTH;
  const x = edge + side * RAIL * (index + 0.6);
  const [start, end] = [from, to].map(({ y, height }) => y + height / 2);
  const middle = { x: x + (side < 0 ? -6 : 14), y: (start + end) / 2 };
  return [
    ...arrow([
      { x: edge, y: start },
      { x, y: start },
      { x, y: end },
      { x: edge, y: end },
    ]),
    text(middle, words, Math.abs(start - end) - 20, {
      anchor: "middle",
      turned: true,
      muted: true,
    }),
  ];
}
