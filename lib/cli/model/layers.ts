import { groupedBy } from "../../base/group";
import { ETCD } from "../../catalog/components";
import { day } from "../report/validity";
import { rolloutsOf, type StoreFacts } from "./facts";
import { byName, namesInWords, thousands } from "../names";
import type { Component, Node, NodeLayer } from "./nodes";

export type LayerId = "clients" | "endpoint" | NodeLayer;

/** Everything of one kind in a picture: a row of boxes. */
export interface Layer {
  readonly id: LayerId;
  readonly title: string;
  readonly groups: readonly NodeGroup[];
  /** The number of its nodes. */
  readonly count: number;
  /** The components of its nodes, each once. */
  readonly components: readonly Pick<Component, "name" | "ports">[];
}

/** Nodes that are drawn as one box. */
export interface NodeGroup {
  /** `cp-1`; `worker-1 … worker-1000` */
  readonly name: string;
  /** One of them; the others differ only in name and address. */
  readonly node: Node;
  readonly nodes: readonly Node[];
}

/** The most nodes of a layer that are drawn one by one even if they are alike. */
const MOST_SINGLE = 7;

const TITLES: Readonly<Record<NodeLayer, readonly [string, string]>> = {
  "control-plane": ["control-plane node", "control-plane nodes"],
  etcd: ["etcd member", "etcd members"],
  workers: ["worker", "workers"],
};

/** The layers that a cluster has, from the clients at the top to the workers at the bottom. */
export function layersOf(
  facts: StoreFacts,
  nodes: readonly Node[],
  endpoint: object | undefined,
  clients: readonly object[],
): Layer[] {
  const plain = (id: LayerId, title: string): Layer[] => [
    { id, title, groups: [], count: 0, components: [] },
  ];
  return [
    ...(endpoint && clients.length > 0
      ? plain("clients", "People and programs")
      : []),
    ...(endpoint ? plain("endpoint", "Endpoint") : []),
    ...nodeLayer("control-plane", nodes),
    ...nodeLayer("etcd", nodes),
    ...(usesExternalEtcd(facts, nodes)
      ? [
          {
            ...plain("etcd", "etcd, which is set up elsewhere")[0],
            components: [{ name: ETCD.id, ports: [] }],
          },
        ]
      : []),
    ...nodeLayer("workers", nodes),
  ];
}

function nodeLayer(id: NodeLayer, all: readonly Node[]): Layer[] {
  const nodes = all.filter(({ layer }) => layer === id);
  if (nodes.length === 0) return [];
  const components = nodes.flatMap((node) => node.components);
  return [
    {
      id,
      title: `${thousands(nodes.length)} ${TITLES[id][nodes.length === 1 ? 0 : 1]}`,
      groups: groupsOf(nodes, id === "workers" || nodes.length > MOST_SINGLE),
      count: nodes.length,
      components: [
        ...new Map(components.map((each) => [each.name, each])).values(),
      ],
    },
  ];
}

function groupsOf(nodes: readonly Node[], joinsAlike: boolean): NodeGroup[] {
  const groups = groupedBy(nodes, (node) =>
    joinsAlike ? appearanceOf(node) : node.name,
  );
  return [...groups.values()]
    .map((alike) => ({
      name: namesInWords(alike.map(({ name }) => name)),
      node: alike[0],
      nodes: alike,
    }))
    .sort((a, b) => byName(a.node.name, b.node.name));
}

/** What a picture shows of a node besides its name and address. */
const appearanceOf = ({ pool, state, components }: Node): string =>
  JSON.stringify([
    pool,
    state,
    components.map(({ name, ports, validity }) => [
      name,
      ports,
      validity?.state,
      validity?.notAfter && day(validity.notAfter),
    ]),
  ]);

/** Whether the API servers of a rollout use an etcd that no node of it runs. */
function usesExternalEtcd(facts: StoreFacts, nodes: readonly Node[]): boolean {
  const runsEtcd = nodes.some(({ components }) =>
    components.some(({ name }) => name === ETCD.id),
  );
  return rolloutsOf(facts).length > 0 && !runsEtcd;
}
