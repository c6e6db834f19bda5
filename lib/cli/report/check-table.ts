import { join } from "node:path";
import { hasDrifted, type NodeDrift } from "../../request/drift";
import { compact } from "../../base/compact";
import { printable } from "../../base/visible";
import {
  isAlarm,
  problemInWords,
  remedyInWords,
} from "../../agent/etcd/findings";
import type { Style } from "../output";
import { enumerated, quoted, storeTitle, wrap } from "../text";
import type { Problem } from "../plan/store-certificates";
import { type CheckedBackups, checkedBackupLines } from "./backup-age";
import { type Mark, marked, tinted } from "./marks";

/** How many files of a host are listed: all if there are at most 6, else only 3. `--json` lists all of them. */
const LISTED = { atMost: 6, ofMore: 3 };

/** A line for each node with its problems, then the age of the last backup, and the problems of the store. */
export function checkLines(
  store: CheckedStore,
  now: Date,
  style: Style,
): string[] {
  const { problems = [], backups } = printable({ ...store, nodes: [] });
  return [
    ...nodeLines(store, style),
    ...(backups ? ["", ...checkedBackupLines(backups, now, style)] : []),
    ...(problems.length > 0 ? [""] : []),
    ...problems.flatMap(({ file, reason }) =>
      marked("x", `${join(store.store, file)}: ${reason}`, style),
    ),
  ];
}

function nodeLines(store: CheckedStore, style: Style): string[] {
  const { failure } = store;
  const {
    retired,
    neverSetUp = [],
    ...about
  } = printable({
    ...store,
    nodes: [],
  });
  const nodes = store.nodes.map(inLines);
  const shown = quoted(store.store);
  const title = style.bold(storeTitle(about));
  if (failure !== undefined) return [title, "", ...failure.split("\n")];
  if (nodes.length + retired.length + neverSetUp.length === 0)
    return [
      title,
      "",
      ...wrap(
        `${store.clusterName === undefined ? "No node belongs to it" : "None of its nodes has a host"}, so there is nothing to compare. To examine its files, run \`cdktf-control-plane inspect\`.`,
        style.width,
      ),
    ];
  const rows: {
    readonly name: string;
    readonly mark: Mark;
    readonly texts: readonly string[];
  }[] = [
    ...nodes.map((drift) => ({
      name: drift.node,
      mark: markOf(drift),
      texts: problems(drift, shown),
    })),
    ...neverSetUp.map((name) => ({
      name,
      mark: "!" as const,
      texts: ["never set up: no rollout has succeeded on its machine"],
    })),
    ...retired.map((name) => ({
      name,
      mark: " " as const,
      texts: ["retired: its machine can be deleted"],
    })),
  ].sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
  const width = Math.max(...rows.map(({ name }) => name.length));
  return [
    title,
    "",
    ...rows.flatMap(({ name, mark, texts }) => {
      const indent = " ".repeat(width + 4);
      const [first = style.dim("as it should be"), ...more] = texts.flatMap(
        (text) => wrap(text, style.width - indent.length),
      );
      return [
        `${tinted(mark, `${mark} ${name.padEnd(width)}`, style)}  ${first}`,
        ...more.map((line) => indent + line),
      ];
    }),
    "",
    ...wrap(summary(nodes, neverSetUp), style.width),
  ];
}

/** Escapes control characters, except the line breaks in the reason why a host cannot be reached. */
const inLines = (drift: NodeDrift): NodeDrift => ({
  ...printable(drift),
  ...(drift.unreachable !== undefined && { unreachable: drift.unreachable }),
});

const markOf = (drift: NodeDrift): Mark =>
  hasDrifted(drift) || hasAlarm(drift)
    ? "x"
    : drift.unreachable !== undefined || drift.etcd
      ? "!"
      : " ";

/** Whether its etcd member has raised an alarm. */
export const hasAlarm = ({ etcd = [] }: NodeDrift): boolean =>
  etcd.some(isAlarm);

/** The problems of the nodes of a store, in short, before a deploy. */
export function driftLines(
  nodes: readonly NodeDrift[],
  store: string,
): string[] {
  return nodes.map(inLines).flatMap((drift) => {
    const { node, unreachable } = drift;
    return unreachable === undefined
      ? problems(drift, quoted(store)).map((problem) => `${node}: ${problem}`)
      : unreachable.split("\n").slice(0, 1);
  });
}

/** @param store the store, as in a command */
function problems(drift: NodeDrift, store: string): string[] {
  const { node, unreachable, ended = [], unhealthy, outdated } = drift;
  const { refused = [], etcd = [] } = drift;
  if (unreachable !== undefined)
    return unreachable.replace(`${node} (`, "(").split("\n");
  return [
    ...fileLines(drift.changed, "not as it was delivered", "not as delivered"),
    ...fileLines(drift.missing, "missing", "missing"),
    ...fileLines(drift.unlisted, "no longer needed", "no longer needed"),
    ...compact(
      ended.length > 0 &&
        `${enumerated(ended)} ${ended.length === 1 ? "is" : "are"} not running on this machine`,
      unhealthy.length > 0 &&
        `${enumerated(unhealthy)} ${unhealthy.length === 1 ? "is" : "are"} not healthy`,
      outdated.length > 0 &&
        `${enumerated(outdated)} ${outdated.length === 1 ? "was" : "were"} started with other files than are there now`,
    ),
    ...refused.map((name) => `${name} is no longer accepted by the cluster`),
    ...etcd.map(
      (finding) =>
        `${problemInWords(finding)}. ${remedyInWords(finding, store)}`,
    ),
  ];
}

function fileLines(
  paths: readonly string[],
  ofOne: string,
  ofMore: string,
): string[] {
  const { atMost, ofMore: few } = LISTED;
  const listed = paths.length > atMost ? paths.slice(0, few) : paths;
  const rest = paths.length - listed.length;
  return [
    ...listed.map((path) => `${path} is ${ofOne}`),
    ...(rest > 0 ? [`${rest} more files are ${ofMore}`] : []),
  ];
}

/** Says what to do, or that there is nothing to do. */
function summary(
  nodes: readonly NodeDrift[],
  neverSetUp: readonly string[],
): string {
  const differing = nodes.filter(hasDrifted).map(({ node }) => node);
  const unreached = nodes
    .filter(({ unreachable }) => unreachable !== undefined)
    .map(({ node }) => node);
  if (nodes.length + neverSetUp.length === 0)
    return "No nodes are left to compare.";
  const withEtcd = nodes.filter(({ etcd }) => etcd).map(({ node }) => node);
  const count = differing.length + unreached.length + neverSetUp.length;
  if (count + withEtcd.length === 0)
    return nodes.length === 1
      ? "Nothing to do."
      : `All ${nodes.length} nodes are as they should be.`;
  const isAlone = differing.length === 1;
  return compact(
    withEtcd.length > 0 &&
      `etcd needs care on ${enumerated(withEtcd)}, which no deploy gives it.`,
    differing.length > 0 &&
      `${enumerated(differing)} ${isAlone ? "differs" : "differ"}: \`cdktf-control-plane deploy\` repairs ${isAlone ? "it" : "them"}${differing.length < nodes.length ? ", and touches no other" : ""}.`,
    unreached.length > 0 &&
      `${enumerated(unreached)} could not be reached, so no repair is planned for ${unreached.length === 1 ? "it" : "them"}.`,
    neverSetUp.length > 0 &&
      `${enumerated(neverSetUp)} ${neverSetUp.length === 1 ? "was" : "were"} never set up: \`cdktf-control-plane deploy\` continues with ${neverSetUp.length === 1 ? "it" : "them"}.`,
  ).join(" ");
}

/** The result of the check of one store. */
export interface CheckedStore {
  readonly store: string;
  readonly stack?: string;
  readonly clusterName?: string;
  /** The nodes that have hosts. */
  readonly nodes: readonly NodeDrift[];
  /** The nodes on hosts on which no rollout has succeeded. There is nothing to compare. */
  readonly neverSetUp?: readonly string[];
  /** The nodes that left the cluster. Their hosts are not examined. */
  readonly retired: readonly string[];
  /** What is known of the snapshots of etcd on the hosts, if they make some. */
  readonly backups?: CheckedBackups;
  /** Problems of the store itself. */
  readonly problems?: readonly Problem[];
  /** Why the hosts could not be compared. */
  readonly failure?: string;
}
