import type { Authority } from "../model/authorities";
import type { Cluster } from "../model/cluster";
import { betweenNodes, connectionWords } from "../model/connections";
import type { Layer, NodeGroup } from "../model/layers";
import { namesInWords } from "../model/names";
import type { Validity } from "../model/validity";
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
  const parts = clusters.map((cluster, at) => clusterOutline(cluster, `c${at}`, now));
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
        (each) =>
          from !== to && each.from === from.id && each.to === to.id,
      );
      const [ends, label] = [
        { from: idOf(from.id), to: idOf(to.id) },
        all.length > 0 ? connectionWords(all) : "",
      ];
      return all.length > 0 ? [{ ...ends, label }] : [];
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
  { clients, endpoint, connections }: Cluster,
  now: Date,
): Outline {
  const own = connections.filter(({ from, isOwn }) => from === layer.id && isOwn);
  const nodes = layer.groups.map((group, at) =>
    nodeOutline(group, `${id}_${at}`, own, now),
  );
  const frame = {
    id,
    lines: [layer.title, betweenNodes(layer, connections)].filter(Boolean),
    items: itemsOf(layer, id),
    frames: nodes.flatMap(({ frames }) => frames),
  };
  return { frames: [frame], edges: nodes.flatMap(({ edges }) => edges) };

  function itemsOf(layer: Layer, id: string): Item[] {
    switch (layer.id) {
      case "clients":
        return clients.map((client, at) => ({
          id: `${id}_${at}`,
          lines: [client.name, validityWords(client, now)],
          colour: COLOURS[client.state],
        }));
    }
  }
}
