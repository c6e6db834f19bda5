import { parse } from "node:path";
import { isManifest } from "../../catalog/paths";
import { unitOfFile } from "../../catalog/units";
import type { ComponentRequest, NodeRequest } from "../../request/request";
import type { AccessRequest } from "../../request/access";
import { accessInWords } from "../../request/node-triggers";
import { hasApiServer, hasEtcd, hasKubelet } from "../../request/roles";
import { hasDrifted, type NodeDrift } from "../../request/drift";
import type { InventoryNode } from "../../store/inventory";
import { groupedBy } from "../../base/group";
import { placeOnNode } from "../../store/node-files";
import type { Certificate } from "./certificates";
import { artefactsOf, rolloutsOf, type StoreFacts } from "./facts";
import { byName } from "../names";
import { type Validity, worst } from "./validity";

export type NodeLayer = "control-plane" | "etcd" | "workers";

/** What is known of a node's host. */
export type NodeState =
  | "planned" // in the program, and no deploy has recorded it
  | "directory" // its files are in the store, and somebody else brings them to its host
  | "begun" // a rollout recorded it, and has not succeeded there
  | "set up"
  | "differs"
  | "unreachable"
  | "leaving" // recorded, and no longer in the program
  | "retired";

export interface Component {
  readonly name: string;
  readonly runs: "static pod" | "systemd unit" | "process";
  readonly ports: readonly number[];
  /** The worst of its certificates. Absent if it has none. */
  readonly validity?: Validity;
}

export interface Node {
  readonly name: string;
  readonly layer: NodeLayer;
  readonly pool?: string;
  /** Absent if it is known only at apply. */
  readonly address?: string;
  readonly access: string;
  readonly components: readonly Component[];
  readonly images: readonly string[];
  readonly state: NodeState;
  readonly drift?: NodeDrift;
  /** The images with which the last rollout recorded it. */
  readonly recordedImages: readonly string[];
}

/** A node of the program. A value that is known only at apply is absent. */
type WantedNode = Pick<NodeRequest, "name"> &
  Partial<NodeRequest> & { readonly pool?: string };

/** The nodes of a store by name: those of the program, and those that an earlier rollout recorded. */
export function nodesOf(
  facts: StoreFacts,
  certificates: readonly Certificate[],
): Node[] {
  const recorded = facts.inventory?.nodes ?? {};
  const wanted = wantedNodes(facts);
  const owned = groupedBy(certificates, ({ node }) => node);
  const drifts = new Map(facts.checked?.nodes.map((each) => [each.node, each]));
  const left = Object.keys(recorded)
    .filter((name) => !wanted.has(name))
    .map((name): WantedNode => ({ ...recorded[name], name }));
  return [...wanted.values(), ...left]
    .map((node): Node => {
      const before = recorded[node.name] as InventoryNode | undefined;
      const drift = drifts.get(node.name);
      const access = before?.access ?? node.access;
      const { images = [], components = [] } = node;
      return {
        name: node.name,
        layer: layerOf(node),
        ...(node.pool !== undefined && { pool: node.pool }),
        address: node.address ?? before?.address,
        access: access ? wordsOf(access) : "",
        components: components.map((component) =>
          componentOf(component, owned.get(node.name) ?? []),
        ),
        images,
        recordedImages: before?.images ?? [],
        state: wanted.has(node.name)
          ? stateOf(node, before, drift)
          : before?.retired
            ? "retired"
            : "leaving",
        ...(drift && { drift }),
      };
    })
    .sort((a, b) => byName(a.name, b.name));
}

function wantedNodes(facts: StoreFacts): Map<string, WantedNode> {
  const described = rolloutsOf(facts).flatMap(({ nodes, pool }) =>
    pool ? pool.nodes.map((node) => ({ ...node, pool: pool.name })) : nodes,
  );
  return new Map(
    [...fromFiles(facts), ...described].map((node) => [node.name, node]),
  );
}

/** The nodes that have files: components that stand alone have no rollout that would describe their nodes. */
function fromFiles(facts: StoreFacts): WantedNode[] {
  const components = new Map<string, ComponentRequest[]>();
  for (const file of artefactsOf(facts).flatMap(({ files }) => files)) {
    const place = placeOnNode(file);
    if (place === undefined) continue;
    const found = components.get(place.node) ?? [];
    components.set(place.node, [...found, ...componentDefinedBy(place.path)]);
  }
  return [...components].map(([name, found]) => ({ name, components: found }));
}

function componentDefinedBy(path: string): ComponentRequest[] {
  const unit = unitOfFile(path);
  const definition = isManifest(path) ? { manifest: path } : unit && { unit };
  return definition
    ? [{ ...definition, name: parse(path).name, ports: [], timeout: 0 }]
    : [];
}

function layerOf(node: WantedNode): NodeLayer {
  if (node.pool !== undefined) return "workers";
  if (hasApiServer(node)) return "control-plane";
  if (hasEtcd(node)) return "etcd";
  return hasKubelet(node) ? "workers" : "control-plane";
}

export const THIS_MACHINE = "this machine";

function wordsOf(access: AccessRequest): string {
  switch (access.kind) {
    case "directory":
      return "files in the store";
    case "local":
      return THIS_MACHINE;
    case "ssh":
      return (access.host as string | undefined) === undefined
        ? "ssh"
        : accessInWords(access);
  }
}

function componentOf(
  { name, manifest, command, ports }: ComponentRequest,
  certificates: readonly Certificate[],
): Component {
  const validity = worst(
    certificates.filter(({ component }) => component === name),
  );
  return {
    name,
    runs: command ? "process" : manifest ? "static pod" : "systemd unit",
    ports,
    ...(validity && { validity }),
  };
}

function stateOf(
  { access }: WantedNode,
  before: InventoryNode | undefined,
  drift: NodeDrift | undefined,
): NodeState {
  if (before?.retired) return "retired";
  if (drift?.unreachable !== undefined) return "unreachable";
  if (drift && hasDrifted(drift)) return "differs";
  if (before === undefined) return "planned";
  if ((access ?? before.access).kind === "directory") return "directory";
  return before.tree === undefined ? "begun" : "set up";
}

/** `10.0.0.11 · files in the store`; `ssh admin@10.0.0.11`, which says the address as well */
export const placeOf = ({ address, access }: Node): string =>
  address === undefined || access.includes(address)
    ? access
    : [address, access].filter(Boolean).join(" · ");
