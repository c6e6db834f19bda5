import { compact } from "../../base/compact";
import type { Cluster } from "../model/cluster";
import type { NodeGroup } from "../model/layers";
import { thousands } from "../names";
import { placeOf } from "../model/nodes";
import { NODE_STATES } from "../picture/words";
import { driftLines } from "../report/check-table";
import { day } from "../report/validity";
import {
  type Item,
  item,
  list,
  type Section,
  table,
  text,
  words,
} from "./document";

/** The nodes, what runs on them, and how they differ from what was delivered. */
export function nodesSection(cluster: Cluster): Section {
  const { layers, facts } = cluster;
  const groups = layers.flatMap((layer) => layer.groups);
  if (groups.length === 0) return { title: "Nodes", blocks: [] };
  const drift = driftLines(facts.checked?.nodes ?? [], facts.store);
  return {
    title: "Nodes",
    blocks: compact(
      text(source(cluster)),
      table(
        ["State", "Node", "Reached", "Runs", "Versions"],
        groups.map((group) => [
          state(group),
          item(group.name, undefined, words`${roleOf(group)}`),
          reached(group),
          item(
            group.node.components.map(({ name }) => name).join(", "),
            undefined,
            words`${runtimesOf(group)}`,
          ),
          versionsOf(group),
        ]),
      ),
      drift.length > 0 && list(drift.map((line) => item(line, "bad"))),
    ),
  };
}

function state({ node }: NodeGroup): Item {
  const { words: said, colour } = NODE_STATES[node.state];
  return item(said, colour);
}

/** Of nodes that are told together, only what they have in common. */
const reached = ({ node, nodes }: NodeGroup): Item =>
  item(nodes.length > 1 ? node.access.split(" ")[0] : placeOf(node));

function source({ facts, nodes }: Cluster) {
  const { checked, recorded } = facts;
  if (checked && checked.failure === undefined && checked.nodes.length > 0)
    return words`The hosts were asked now.`;
  if (recorded === undefined)
    return words`As the program describes them: nothing was deployed yet.`;
  return nodes.some(({ state }) => state !== "directory")
    ? words`As recorded on ${day(recorded)}; the hosts were not asked.`
    : words`As recorded on ${day(recorded)}. No node has a host that a deploy reaches, so nobody knows what runs there.`;
}

const ROLES = {
  "control-plane": "control plane",
  etcd: "etcd",
  workers: "worker",
} as const;

const roleOf = ({ node, nodes }: NodeGroup): string =>
  [
    nodes.length > 1 ? `${thousands(nodes.length)} nodes` : ROLES[node.layer],
    ...(node.pool === undefined ? [] : [`pool ${node.pool}`]),
  ].join(", ");

const runtimesOf = ({ node: { components } }: NodeGroup): string =>
  [...new Set(components.map(({ runs }) => `${runs}s`))].join(", ");

/** The images whose versions are told: the others belong to them. */
const TOLD = ["kube-apiserver", "kube-proxy", "etcd"];

function versionsOf({ node: { images, recordedImages } }: NodeGroup) {
  const [now, next] = [recordedImages, images].map(tagsOf);
  const differing = [...next].filter(([name, tag]) => {
    const before = now.get(name);
    return before !== undefined && before !== tag;
  });
  const shown = now.size > 0 ? now : next;
  return item(
    [...shown].map(([name, tag]) => `${name} ${tag}`).join(", "),
    undefined,
    differing.length > 0
      ? words`next: ${differing.map(([name, tag]) => `${name} ${tag}`).join(", ")}`
      : undefined,
  );
}

const tagsOf = (images: readonly string[]): ReadonlyMap<string, string> =>
  new Map(
    images.flatMap((image) => {
      const [, name, tag] = /([^/]+):([^:/@]+)(?:@.*)?$/.exec(image) ?? [];
      return TOLD.includes(name) ? [[name, tag] as const] : [];
    }),
  );
