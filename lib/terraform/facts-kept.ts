import {
  CLUSTER_FACTS,
  type ClusterFact,
  type RecordedFacts,
} from "../catalog/cluster-facts";
import type { NodeRequest } from "../request/request";
import { code, type Expression, hasToken, quote } from "./expression";
import type { Store } from "./store";
import { textTemplate } from "./template";

export interface KeptFacts {
  /** What the program says. */
  readonly facts: RecordedFacts;
  /** All nodes and workers. */
  readonly machines: readonly Pick<
    NodeRequest,
    "name" | "address" | "machineId"
  >[];
  /** The facts that may change. */
  readonly allowed: readonly ClusterFact[];
}

/**
 * Conditions that fail a plan if it changes what the cluster is set up with, according to its store. There is one
 * condition, whose message lists all changes. Only if the address of a node is a token, the names of nodes have a
 * condition of their own: a value that is known only at apply leaves its whole condition undecided in a plan.
 */
export function factsKept(store: Store, kept: KeptFacts) {
  const { facts, allowed } = kept;
  const rows = CLUSTER_FACTS.filter(({ fact }) => !allowed.includes(fact)).map(
    ({ fact, breaks, way }) => {
      const changes =
        fact === "nodeNames" ? renames(kept) : changeOf(fact, facts[fact]);
      return code`[for change in ${changes} : { fact = ${quote(fact)}, text = join("", [${quote(`- ${fact}: `)}, change, ${quote(`. ${breaks} ${way}`)}]) }]`;
    },
  );
  return [
    rows.filter((row) => !hasToken(row)),
    rows.filter((row) => hasToken(row)),
  ]
    .filter(({ length }) => length > 0)
    .map((some) => {
      const changed = code`[for known in [${known(store)}] : flatten(${some})][0]`;
      return {
        condition: code`length(${changed}) == 0`.toString(),
        errorMessage:
          textTemplate(
            `The cluster ${facts.clusterName} is set up, and this plan would change what a live cluster keeps.\n`,
          ) +
          code`join("\\n", ${changed}[*].text)`.toString() +
          textTemplate(
            "\nUndo the change. Or, if you accept what breaks, set the prop allowChangesTo: ",
          ) +
          code`jsonencode(concat(${allowed}, ${changed}[*].fact))`.toString() +
          textTemplate(", and remove it after the deploy."),
      };
    });
}

/**
 * What is known of the cluster: its nodes, and the facts with which it is set up. Earlier versions of the library did not
 * record the facts. For their stores, the cluster's own `kubeadm-config` has them, once a node is set up.
 */
function known(store: Store): Expression {
  // A condition must refer to something. This is an empty text that is known in every plan.
  const empty = code`substr(path.module, 0, 0)`;
  const inventory = code`jsondecode(file(${quote(store.pathOf("inventory.json"), empty)}))`;
  const documents = code`split("\\n---\\n", file(${quote(store.pathOf(KUBEADM_CONFIG), empty)}))`;
  const configuration = code`[for text in ${documents} : yamldecode(yamldecode(text).data.ClusterConfiguration) if strcontains(text, "ClusterConfiguration")][0]`;
  const read = code`[for c in [${configuration}] : { clusterName = c.clusterName, serviceSubnet = c.networking.serviceSubnet, podSubnet = try(c.networking.podSubnet, ""), dnsDomain = c.networking.dnsDomain, keyAlgorithm = try(c.encryptionAlgorithm, null) } if length(nodes) > 0][0]`;
  const nodes = code`try([for name, node in ${inventory}.nodes : { name = name, address = node.address, machine = try(node.machineId, "") } if !try(node.retired, false) && (node.access.kind == "directory" || try(node.tree, "") != "")], [])`;
  return code`[for nodes in [${nodes}] : { nodes = nodes, facts = try(${inventory}.facts, ${read}, {}) }][0]`;
}

const KUBEADM_CONFIG = "objects/kubeadm-config.yaml";

/** The change of a fact in words, as a list of one; an empty list if it does not change, or is not known. */
function changeOf(
  fact: Exclude<ClusterFact, "nodeNames">,
  value: string | undefined,
): Expression {
  if (value === undefined) return code`[]`;
  const isKept =
    fact === "serviceSubnet"
      ? rangesKept(value, "==")
      : fact === "podSubnet"
        ? rangesKept(value, ">=")
        : code`was == ${quote(value)}`;
  return code`try([for was in [tostring(known.facts.${fact})] : format("%s would become %s", was, ${quote(value || "none")}) if was != null && !${isKept}], [])`;
}

/**
 * Whether the ranges in the variable `was` are still there, in their order. Further ranges may follow.
 * @param prefixes How the prefix of a range compares with the prefix of the range that takes its place.
 */
function rangesKept(value: string, prefixes: "==" | ">="): Expression {
  const ranges = value.split(",").map((range) => range.split("/"));
  const same = code`tonumber(split("/", range)[1]) ${prefixes} tonumber(now[i][1]) && cidrhost(join("/", [split("/", range)[0], now[i][1]]), 0) == cidrhost(join("/", now[i]), 0)`;
  return code`try([for now in [${ranges}] : alltrue([for i, range in compact(split(",", was)) : ${same}])][0], false)`;
}

/** The nodes whose names change, in words: another name at the same address, and not on another machine. */
function renames({ machines }: KeptFacts): Expression {
  const now = machines.map(({ name, address, machineId }) => ({
    name,
    address,
    machine: machineId ?? "",
  }));
  const isSame = code`node.address == now.address && node.name != now.name && (node.machine == now.machine || contains([node.machine, now.machine], ""))`;
  const all = code`flatten([for node in known.nodes : [for now in ${now} : format("%s would become %s", node.name, now.name) if ${isSame}]])`;
  return code`compact([join(", ", ${all})])`;
}
