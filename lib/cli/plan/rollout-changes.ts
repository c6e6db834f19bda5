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

/** What a rollout will do with nodes, in the order in which it is told. */
const NODE_ACTIONS = [
  "repair",
  "set up",
  "set up anew",
  "bring back",
  "retire",
  "remove",
  "reach in another way",
  "label or taint anew",
] as const;

type NodeAction = (typeof NODE_ACTIONS)[number];

/** A node, and why hosts are visited for it. */
export interface NodeChange {
  readonly action: NodeAction;
  readonly node: string;
}

export type Rollout = RolloutRow & { readonly store: StackStore };

/** More names are read by nobody. */
const NAMED = 6;

interface WantedNode {
  readonly node: NodeRequest;
  /** Where it stands in the request, as a JSON pointer. */
  readonly place: string;
  /** Whether a value of it is known before apply. */
  readonly knows: (field: keyof NodeRequest) => boolean;
}

/** The nodes that a rollout brings files to. */
export function hostedNodesOf({ request, unknown }: RolloutRow): WantedNode[] {
  const [nodes, at] = request.pool
    ? [request.pool.nodes, "/pool/nodes"]
    : [request.nodes, "/nodes"];
  return nodes
    .map((node, i) => ({ node, place: `${at}/${i}` }))
    .map(({ node, place }) => ({
      node,
      place,
      knows: (field: string) =>
        !unknown.some((each) => `${each}/`.startsWith(`${place}/${field}/`)),
    }))
    .filter(({ node }) => isHosted(node));
}

/**
 * Why a rollout runs anew, as far as it isn't for the files of its nodes, which are told by themselves. A plan says only
 * that it does: the triggers of last time say what is another now.
 *
 * @param known nodes whose hosts a rollout was at work on before, whatever the state says
 */
export function nodeChangesOf(
  rollout: Rollout,
  applied: Applied | undefined,
  known: ReadonlySet<string>,
): NodeChange[] {
  return hostedNodesOf(rollout).flatMap((wanted) => {
    const action = actionOf(wanted, rollout, applied, known);
    return action ? [{ action: action, node: wanted.node.name }] : [];
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
  // Which machine it is may have become known, or be known no longer: that changes nothing.
  const machines = [past.machineId, node.machineId];
  if (!machines.includes(undefined) && machines[0] !== machines[1])
    return "set up anew";
  // A rollout that failed goes on, wherever that was.
  const token = driftToken(store, node.name);
  if (!tainted && token !== triggers[checkTrigger(node.name)]) return "repair";
  if (knows("access") && accessInWords(node.access) !== past.access)
    return "reach in another way";
  // The marks of control-plane nodes are among the cluster's objects.
  if (request.pool === undefined) return undefined;
  const isMarked = (field: "labels" | "taints", wanted: string, was = "") =>
    knows(field) && wanted !== was;
  return isMarked(
    "labels",
    labelsInWords(node),
    triggers[labelsTrigger(node.name)],
  ) ||
    isMarked("taints", taintsInWords(node), triggers[taintsTrigger(node.name)])
    ? "label or taint anew"
    : undefined;
}

/** Those that a rollout was at work on, and that none is to be at work on any more; who retired has left before. */
export function leaversOf(
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
    const names = nodes.length > NAMED ? "" : `: ${nodes.join(", ")}`;
    return [`${count(nodes.length, "node")} to ${action}${names}`];
  });

const TOKEN = fields({ token: text });

/** What a check wrote of a node that differs: the plan reads it as well. */
function driftToken({ directory }: StackStore, node: string): string {
  const stamp = new Store(directory).read(`.stamps/nodes/${node}.json`);
  if (stamp === undefined) return "";
  return attempt(() => readJson(stamp.toString(), TOKEN))?.token ?? "";
}
