import {
  CLUSTER_FACTS,
  type ClusterFact,
  type ClusterFactRow,
  type RecordedFacts,
} from "../catalog/cluster-facts";
import type { NodeRequest } from "../request/request";
import { code, type Expression, hasToken, quote } from "./expression";
import { inventoryOf, IS_SET_UP, textOfFile } from "./recorded";
import type { Store } from "./store";
import { textTemplate } from "./template";

/** A node, as far as it tells a rename. */
export type NamedMachine = Pick<NodeRequest, "name" | "address" | "machineId">;

export interface KeptFacts {
  /** What the program says. */
  readonly facts: RecordedFacts;
  /** All nodes and workers. */
  readonly machines: readonly NamedMachine[];
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
  const rows = CLUSTER_FACTS.flatMap((row) =>
    row.fact === "nodeNames"
      ? [renames(row, kept)]
      : allowed.includes(row.fact)
        ? []
        : [changeOf(row, row.fact, facts[row.fact])],
  );
  return [
    rows.filter((row) => !hasToken(row)),
    rows.filter((row) => hasToken(row)),
  ]
    .filter(({ length }) => length > 0)
    .map((some) => {
      const changed = code`[for known in [${known(store)}] : flatten(${some})][0]`;
      const lines = code`join("\\n", changed[*].text)`;
      const names = code`[for each in changed : each.fact if each.allowable]`;
      const advice = code`join("", [for names in [${names}] : format(${quote(ALLOW)}, jsonencode(concat(${allowed}, names))) if length(names) > 0])`;
      return {
        condition: code`length(${changed}) == 0`.toString(),
        errorMessage:
          textTemplate(
            `The cluster ${facts.clusterName} is set up, and this plan would change what a live cluster keeps.\n`,
          ) +
          code`[for changed in [${changed}] : join("", [${lines}, "\\nUndo the change.", ${advice}])][0]`.toString(),
      };
    });
}

const ALLOW =
  " Or, if you accept what breaks, set the prop allowChangesTo: %s, and remove it after the deploy.";
const NOT_ON_HOSTS =
  " This cannot be allowed on a host, where kubelet keeps the identity of the old name.";

/**
 * What is known of the cluster: its nodes, and the facts with which it is set up. Earlier versions of the library did not
 * record the facts. For their stores, the cluster's own `kubeadm-config` has them, once a node is set up.
 */
function known(store: Store): Expression {
  const inventory = inventoryOf(store);
  const documents = code`split("\\n---\\n", ${textOfFile(store, KUBEADM_CONFIG)})`;
  const configuration = code`[for text in ${documents} : yamldecode(yamldecode(text).data.ClusterConfiguration) if strcontains(text, "ClusterConfiguration")][0]`;
  const read = code`[for c in [${configuration}] : { clusterName = c.clusterName, serviceSubnet = c.networking.serviceSubnet, podSubnet = try(c.networking.podSubnet, ""), dnsDomain = c.networking.dnsDomain, keyAlgorithm = try(c.encryptionAlgorithm, null) } if length(nodes) > 0][0]`;
  const nodes = code`try([for name, node in ${inventory}.nodes : { name = name, address = node.address, kind = node.access.kind, machineId = try(node.machineId, "") } if ${IS_SET_UP}], [])`;
  return code`[for nodes in [${nodes}] : { nodes = nodes, facts = try(${inventory}.facts, ${read}, {}) }][0]`;
}

const KUBEADM_CONFIG = "objects/kubeadm-config.yaml";

/** The change of a fact, as a list of one; an empty list if it does not change, or is not known. */
function changeOf(
  row: ClusterFactRow,
  fact: keyof RecordedFacts,
  value: string | undefined,
): Expression {
  if (value === undefined) return code`[]`;
  const isKept =
    fact === "serviceSubnet"
      ? rangesKept(value, "==")
      : fact === "podSubnet"
        ? rangesKept(value, ">=")
        : code`was == ${quote(value)}`;
  const text = textOf(
    row,
    code`was, ${quote(` would become ${value || "none"}`)}`,
  );
  return code`try([for was in [tostring(known.facts.${fact})] : { fact = ${quote(fact)}, allowable = true, text = ${text} } if was != null && !(${isKept})], [])`;
}

const textOf = ({ fact, breaks, way }: ClusterFactRow, change: Expression) =>
  code`join("", [${quote(`- ${fact}: `)}, ${change}, ${quote(`. ${breaks} ${way}`)}])`;

/**
 * Whether the ranges in the variable `was` are still there, in their order. Further ranges may follow.
 * @param prefixes How the prefix of a range compares with the prefix of the range that takes its place.
 */
function rangesKept(value: string, prefixes: "==" | ">="): Expression {
  const ranges = value.split(",").map((range) => range.split("/"));
  const same = code`tonumber(split("/", range)[1]) ${prefixes} tonumber(now[i][1]) && cidrhost(join("/", [split("/", range)[0], now[i][1]]), 0) == cidrhost(join("/", now[i]), 0)`;
  return code`try([for now in [${ranges}] : alltrue([for i, range in compact(split(",", was)) : ${same}])][0], false)`;
}

/**
 * The nodes whose names change: another name at the same address, and not on another machine. One item is for those in
 * directories, another one for those on hosts.
 */
function renames(
  row: ClusterFactRow,
  { machines, allowed }: KeptFacts,
): Expression {
  const isAllowed = allowed.includes(row.fact);
  // There may be many nodes, so they are not compared each with each.
  const byAddress = code`{ for now in ${machinesNow(machines)} : now.address => now... }`;
  const change = code`{ host = node.kind != "directory", text = format("%s would become %s", node.name, now.name) }`;
  const all = code`flatten([for now in [${byAddress}] : [for node in known.nodes : [for now in try(now[node.address], []) : ${change} if ${IS_SAME_MACHINE} && node.name != now.name]]])`;
  const texts = code`compact([join(", ", [for each in all : each.text if each.host == host])])`;
  const text = code`join("", [${textOf(row, code`names`)}, host ? ${quote(NOT_ON_HOSTS)} : ""])`;
  return code`[for all in [${all}] : [for host in ${isAllowed ? [true] : [false, true]} : [for names in ${texts} : { fact = ${quote(row.fact)}, allowable = !host, text = ${text} }]]]`;
}

/** The nodes of the program, for {@link IS_SAME_MACHINE}. */
export const machinesNow = (machines: readonly NamedMachine[]) =>
  machines.map(({ name, address, machineId = "" }) => ({
    name,
    address,
    machineId,
  }));

/** Whether `node`, of the inventory, and `now`, of the program, are the same machine as far as is known. */
export const IS_SAME_MACHINE = code`node.address == now.address && (try(node.machineId, "") == now.machineId || contains([try(node.machineId, ""), now.machineId], ""))`;
