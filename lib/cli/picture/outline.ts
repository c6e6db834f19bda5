import type { Authority, Signed } from "../model/authorities";
import { type Cluster, UNKNOWN_URL } from "../model/cluster";
import {
  betweenNodes,
  type Connection,
  connectionWords,
} from "../model/connections";
import type { Layer, LayerId, NodeGroup } from "../model/layers";
import { namesInWords } from "../names";
import { COLOURS, type Colour, NODE_STATES, validityWords } from "./words";

/** Clusters as boxes in boxes, for programs that find the places of the boxes themselves. */
export interface Outline {
  readonly frames: readonly Frame[];
  readonly edges: readonly Edge[];
}

export interface Item {
  readonly id: string;
  readonly lines: readonly string[];
  readonly colour?: Colour;
}

/** A box around others; it is never empty. */
export interface Frame {
  readonly id: string;
  readonly lines: readonly string[];
  readonly items: readonly Item[];
  readonly frames: readonly Frame[];
}

/** Between two items or frames. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly label?: string;
}

export function outlineOf(clusters: readonly Cluster[], now: Date): Outline {
  const parts = clusters.map((cluster, at) =>
    clusterOutline(cluster, `c${at}`, now),
  );
  return {
    frames: parts.flatMap(({ frames }) => frames),
    edges: parts.flatMap(({ edges }) => edges),
  };
}

function clusterOutline(cluster: Cluster, id: string, now: Date): Outline {
  const { name, version, facts, layers, connections, authorities } = cluster;
  const idOf = (layer: LayerId): string => `${id}_${layer.replace("-", "_")}`;
  const drawn = layers.map((layer) =>
    layerOutline(layer, idOf(layer.id), cluster, now),
  );
  const signing = authorities.map((each, at) =>
    authorityOutline(each, `${id}_a${at}`, now),
  );
  const between = layers.flatMap((from) =>
    layers.flatMap((to) => {
      const all = connections.filter(
        (each) => from !== to && each.from === from.id && each.to === to.id,
      );
      if (all.length === 0) return [];
      const ends = { from: idOf(from.id), to: idOf(to.id) };
      const label = connectionWords(all);
      return [label === "" ? ends : { ...ends, label }];
    }),
  );
  const parts = [...drawn, ...signing];
  const about = [version && `Kubernetes ${version}`, `stack ${facts.stack}`];
  return {
    frames: [
      {
        id,
        lines: [name, about.filter(Boolean).join(", ")],
        items: [],
        frames: parts.flatMap(({ frames }) => frames),
      },
    ],
    edges: [...between, ...parts.flatMap(({ edges }) => edges)],
  };
}

function layerOutline(
  layer: Layer,
  id: string,
  cluster: Cluster,
  now: Date,
): Outline {
  const { connections } = cluster;
  const nodes = layer.groups.map((group, at) =>
    nodeOutline(group, `${id}_${at}`, connections, now),
  );
  return {
    frames: [
      {
        id,
        lines: [layer.title, betweenNodes(layer, connections)].filter(Boolean),
        items: itemsOf(layer, id, cluster, now),
        frames: nodes.flatMap(({ frames }) => frames),
      },
    ],
    edges: nodes.flatMap(({ edges }) => edges),
  };
}

/** What is in a layer besides nodes. */
function itemsOf(
  { id: layer, groups, components }: Layer,
  id: string,
  { clients, endpoint }: Cluster,
  now: Date,
): Item[] {
  if (layer === "clients")
    return clients.map((client, at) => ({
      id: `${id}_${at}`,
      lines: [client.name, validityWords(client, now)],
      colour: COLOURS[client.state],
    }));
  if (layer === "endpoint" && endpoint)
    return [
      { id: `${id}_0`, lines: [endpoint.url ?? UNKNOWN_URL, endpoint.about] },
    ];
  // The members of an external etcd are not known.
  return groups.length > 0
    ? []
    : components.map(({ name }, at) => ({ id: `${id}_${at}`, lines: [name] }));
}

function nodeOutline(
  { name, node }: NodeGroup,
  id: string,
  connections: readonly Connection[],
  now: Date,
): Outline {
  const idOf = (component: string): string =>
    `${id}_${node.components.findIndex((each) => each.name === component)}`;
  const has = (component?: string): component is string =>
    node.components.some((each) => each.name === component);
  const items = node.components.map(
    ({ name: component, ports, validity }): Item => ({
      id: idOf(component),
      lines: [
        [component, ...ports.slice(0, 1).map((port) => `:${port}`)].join(" "),
        ...(validity ? [validityWords(validity, now)] : []),
      ],
      ...(validity && { colour: COLOURS[validity.state] }),
    }),
  );
  const state = NODE_STATES[node.state].words;
  const nothing = { id: `${id}_none`, lines: ["no components recorded"] };
  return {
    frames: [
      {
        id,
        lines: [name, state],
        items: items.length > 0 ? items : [nothing],
        frames: [],
      },
    ],
    edges: connections.flatMap(({ from, isOwn, client, server }) =>
      isOwn && from === node.layer && has(client) && has(server)
        ? [{ from: idOf(client), to: idOf(server) }]
        : [],
    ),
  };
}

function authorityOutline(
  { purpose, state, notAfter, signs }: Authority,
  id: string,
  now: Date,
): Outline {
  const itemOf = (each: Signed, at: number): Item => ({
    id: `${id}_${at}`,
    lines: [
      each.purpose,
      namesInWords(each.nodes),
      validityWords(each, now),
    ].filter(Boolean),
    colour: COLOURS[each.state],
  });
  const own: Item = {
    id: `${id}_ca`,
    lines: [purpose, validityWords({ state, notAfter }, now)],
    colour: COLOURS[state],
  };
  return {
    frames: [
      { id, lines: [purpose], items: [own, ...signs.map(itemOf)], frames: [] },
    ],
    edges: signs.map((_, at) => ({ from: own.id, to: `${id}_${at}` })),
  };
}
