import { attempt, fields, readJson, text } from "../../base/shape";
import { Store } from "../../store/store";
import type { NodeRequest } from "../../request/request";
import type { RolloutRow } from "../../request/manifest";
import {
  accessInWords,
  checkTrigger,
  isHosted,
  labelsInWords,
  labelsTrigger,
  nodesIn,
  nodeTrigger,
  readHostWords,
  taintsInWords,
  taintsTrigger,
} from "../../request/node-triggers";
import type { StackStore } from "./contents";
import { count } from "../output";
import type { Applied } from "./state-kinds";

/** What a rollout may do with a node, in the order in which it is printed. */
const NODE_ACTIONS = [
  "repair",
  "set up",
  "set up again",
  "bring back",
  "retire",
  "remove",
  "access in another way",
  "label or taint again",
] as const;

type NodeAction = (typeof NODE_ACTIONS)[number];

/** A node, and why a rollout visits its host. */
export interface NodeChange {
  readonly action: NodeAction;
  readonly node: string;
}

export type Rollout = RolloutRow & { readonly store: StackStore };

/** The most nodes that are named: nobody reads more. */
const MOST_NAMED = 6;

interface WantedNode {
  readonly node: NodeRequest;
  /** Its place in the request, as a JSON pointer. */
  readonly place: string;
  /** Whether the value of a field is known before apply. */
  readonly knows: (field: keyof NodeRequest) => boolean;
}

/** The nodes to whose hosts a rollout delivers files. */
export function hostedNodesOf({ request, unknown }: RolloutRow): WantedNode[] {
  const [nodes, at] = request.pool
    ? [request.pool.nodes, "/pool/nodes"]
    : [request.nodes, "/nodes"];
  return nodes.flatMap((node, i) => {
    const place = `${at}/${i}`;
    const knows = (field: string) =>
      !unknown.some((each) => `${each}/`.startsWith(`${place}/${field}/`));
    return isHosted(node) ? [{ node, place, knows }] : [];
  });
}

/**
 * The reasons why a rollout runs again, except changed files, which are listed separately. A plan says only that it
 * runs; the reasons are found by comparing the request with the triggers of the last apply.
 *
 * @param known the nodes whose hosts an earlier rollout changed, according to the inventory
 */
export function nodeChangesOf(
  rollout: Rollout,
  applied: Applied | undefined,
  known: ReadonlySet<string>,
): NodeChange[] {
  return hostedNodesOf(rollout).flatMap((wanted) => {
    const action = actionOf(wanted, rollout, applied, known);
    return action ? [{ action, node: wanted.node.name }] : [];
  });
}

function actionOf(
  { node, knows }: WantedNode,
  { store, request }: Rollout,
  applied: Applied | undefined,
  known: ReadonlySet<string>,
): NodeAction | undefined {
  const { triggers = {}, tainted = false } = applied ?? {};
  const words = triggers[nodeTrigger(node.name)];
  if (words === undefined) return known.has(node.name) ? undefined : "set up";
  const past = readHostWords(words);
  if (past.retire !== (node.retire ?? false))
    return node.retire ? "retire" : "bring back";
  // If the machine's id is unknown now, or was unknown before, that is not a change.
  const machines = [past.machineId, node.machineId];
  if (!machines.includes(undefined) && machines[0] !== machines[1])
    return "set up again";
  // A failed rollout runs again anyway, whatever the check found.
  const token = driftToken(store, node.name);
  if (!tainted && token !== triggers[checkTrigger(node.name)]) return "repair";
  if (knows("access") && accessInWords(node.access) !== past.access)
    return "access in another way";
  // The labels and taints of control-plane nodes are applied with the cluster objects.
  if (request.pool === undefined) return undefined;
  const isChanged = (field: "labels" | "taints", wanted: string, was = "") =>
    knows(field) && wanted !== was;
  return isChanged(
    "labels",
    labelsInWords(node),
    triggers[labelsTrigger(node.name)],
  ) ||
    isChanged("taints", taintsInWords(node), triggers[taintsTrigger(node.name)])
    ? "label or taint again"
    : undefined;
}

/** The nodes that are in the state but in no rollout of the program any more. Retired nodes left the cluster earlier. */
export function removedNodesOf(
  rollouts: readonly RolloutRow[],
  applied: readonly Applied[],
): NodeChange[] {
  const staying = new Set(
    rollouts.flatMap((row) => hostedNodesOf(row).map(({ node }) => node.name)),
  );
  return applied
    .flatMap(({ triggers = {} }) =>
      nodesIn(triggers).filter(
        (node) => !readHostWords(triggers[nodeTrigger(node)]).retire,
      ),
    )
    .filter((node) => !staying.has(node))
    .map((node) => ({ action: "remove", node }));
}

/** `1 node to repair: cp-2` */
export const nodeChangeWords = (nodeChanges: readonly NodeChange[]): string[] =>
  NODE_ACTIONS.flatMap((action) => {
    const nodes = nodeChanges
      .filter((change) => change.action === action)
      .map(({ node }) => node);
    if (nodes.length === 0) return [];
    const names = nodes.length > MOST_NAMED ? "" : `: ${nodes.join(", ")}`;
    return [`${count(nodes.length, "node")} to ${action}${names}`];
  });

const TOKEN = fields({ token: text });

/** The token that a check wrote for a host that differs. The plan reads the same file. */
function driftToken({ directory }: StackStore, node: string): string {
  const stamp = new Store(directory).read(`.stamps/nodes/${node}.json`);
  if (stamp === undefined) return "";
  return attempt(() => readJson(stamp.toString(), TOKEN))?.token ?? "";
}
