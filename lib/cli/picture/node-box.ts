import { ETCD, KUBE_APISERVER } from "../../catalog/components";
import type { Connection } from "../model/connections";
import type { NodeGroup } from "../model/layers";
import { thousands } from "../names";
import { type Component, placeOf } from "../model/nodes";
import { type Area, arrow, box, striped, type Point, text } from "./drawing";
import { COLOURS, NODE_STATES, validityWords } from "./words";

/** The width of the box of a node. */
export const NODE_WIDTH = 272;

const HEADER = 68;
const CHIP = { height: 42, gap: 8, margin: 22 };

/** The height of a box that has so many components. */
export const nodeHeight = (components: number): number =>
  HEADER + components * (CHIP.height + CHIP.gap) + 6;

/** A node with its components, and with arrows between those that connect to each other. */
export function nodeBox(
  { x, y }: Point,
  group: NodeGroup,
  connections: readonly Connection[],
  now: Date,
): string[] {
  const components = inOrder(group.node.components);
  const height = nodeHeight(components.length);
  const area = { x, y, width: NODE_WIDTH, height };
  const at = (index: number) => ({
    x: x + CHIP.margin,
    y: y + HEADER + index * (CHIP.height + CHIP.gap),
    width: NODE_WIDTH - 2 * CHIP.margin,
    height: CHIP.height,
  });
  const behind = group.nodes.length > 1 ? [8, 4] : [];
  return [
    ...behind.map((by) => box({ ...area, x: x + by, y: y + by }, "box")),
    box(area, "box"),
    ...header({ x, y }, group),
    ...components.flatMap((each, index) => [
      ...striped(
        at(index),
        "chip",
        each.validity && COLOURS[each.validity.state],
      ),
      ...componentTexts(at(index), each, now),
    ]),
    ...connections.flatMap(({ client, server }) => {
      const [from, to] = [client, server].map((name) =>
        components.findIndex((each) => each.name === name),
      );
      if (from < 0 || to < 0) return [];
      const side = to < from ? at(0).x : at(0).x + at(0).width;
      const rail = to < from ? x + 8 : x + NODE_WIDTH - 8;
      const middle = (index: number) => at(index).y + CHIP.height / 2;
      return arrow([
        { x: side, y: middle(from) },
        { x: rail, y: middle(from) },
        { x: rail, y: middle(to) },
        { x: side, y: middle(to) },
      ]);
    }),
  ];
}

/** The API server comes first and etcd last, so that arrows to the one are left, and arrows to the other are right. */
const inOrder = (components: readonly Component[]): Component[] => {
  const place = ({ name }: Component): number =>
    name === KUBE_APISERVER.id ? 0 : name === ETCD.id ? 2 : 1;
  return [...components].sort((a, b) => place(a) - place(b));
};

function header({ x, y }: Point, { name, node, nodes }: NodeGroup): string[] {
  const { words, colour } = NODE_STATES[node.state];
  const width = NODE_WIDTH - 28;
  const where =
    nodes.length > 1
      ? `${thousands(nodes.length)} nodes${node.pool === undefined ? "" : ` of the pool ${node.pool}`}`
      : placeOf(node);
  return [
    text({ x: x + 14, y: y + 22 }, name, width, { font: "name" }),
    text({ x: x + 14, y: y + 40 }, where, width, {
      font: "small",
      muted: true,
    }),
    text({ x: x + 14, y: y + 57 }, words, width, { font: "small", colour }),
  ];
}

function componentTexts(
  { x, y, width }: Area,
  { name, runs, ports, validity }: Component,
  now: Date,
): string[] {
  const [left, right] = [x + 14, x + width - 10];
  const port = ports.length > 0 ? `:${ports[0]}` : "";
  return [
    text({ x: left, y: y + 17 }, name, width - 62),
    text({ x: right, y: y + 17 }, port, 40, {
      font: "small",
      anchor: "end",
      muted: true,
    }),
    text({ x: left, y: y + 34 }, runs, 90, { font: "small", muted: true }),
    ...(validity
      ? [
          text({ x: right, y: y + 34 }, validityWords(validity, now), 110, {
            font: "small",
            anchor: "end",
            colour: COLOURS[validity.state],
          }),
        ]
      : []),
  ];
}
