import { differs, type NodeDrift } from "../../request/drift";
import { printable } from "../../base/visible";
import type { Style } from "../output";
import { enumerated, storeTitle, WIDTH, wrap } from "../text";
import type { Problem } from "../plan/holdings";

/** Of a host that lost all its files a few say enough; `--json` has all. */
const LISTED = { atMost: 6, ofMore: 3 };

/** A line for each node, what is wrong with it beside its name, and what to do about all of it. */
export function checkLines(store: CheckedStore, style: Style): string[] {
  const { problems = [] } = printable({ ...store, nodes: [] });
  if (problems.length === 0) return nodeLines(store, style);
  return [
    ...nodeLines(store, style),
    "",
    ...problems.flatMap(({ file, reason }) =>
      wrap(`x ${store.store}/${file}: ${reason}`, WIDTH),
    ),
  ];
}

function nodeLines(store: CheckedStore, style: Style): string[] {
  const { failure } = store;
  const { retired, ...about } = printable({ ...store, nodes: [] });
  const nodes = store.nodes.map(inLines);
  const title = style.bold(storeTitle(about));
  if (failure !== undefined) return [title, "", ...failure.split("\n")];
  if (nodes.length + retired.length === 0)
    return [
      title,
      "",
      "None of its nodes is on a host: there is nothing to compare. `cdktf-control-plane inspect` looks at its files.",
    ];
  const rows = [
    ...nodes.map((drift) => ({
      name: drift.node,
      mark: markOf(drift),
      texts: problems(drift),
    })),
    ...retired.map((name) => ({
      name,
      mark: " ",
      texts: ["retired: its machine can go"],
    })),
  ].sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
  const width = Math.max(...rows.map(({ name }) => name.length));
  return [
    title,
    "",
    ...rows.flatMap(({ name, mark, texts }) => {
      const indent = " ".repeat(width + 4);
      const [first = style.dim("as it should be"), ...more] = texts.flatMap(
        (text) => wrap(text, WIDTH - indent.length),
      );
      return [
        `${mark} ${name.padEnd(width)}  ${first}`,
        ...more.map((line) => indent + line),
      ];
    }),
    "",
    summary(nodes),
  ];
}

/** Names and paths are in one line each; why a host is not reached is said in several. */
const inLines = (drift: NodeDrift): NodeDrift => ({
  ...printable(drift),
  ...(drift.unreachable !== undefined && { unreachable: drift.unreachable }),
});

const markOf = (drift: NodeDrift): string =>
  drift.unreachable !== undefined ? "!" : differs(drift) ? "x" : " ";

/** In short, for those who are about to do something else. */
export function driftLines(nodes: readonly NodeDrift[]): string[] {
  return nodes.map(inLines).flatMap((drift) => {
    const { node, unreachable } = drift;
    return unreachable === undefined
      ? problems(drift).map((problem) => `${node}: ${problem}`)
      : unreachable.split("\n").slice(0, 1);
  });
}

function problems(drift: NodeDrift): string[] {
  const { node, unreachable, ended = [], unhealthy, outdated } = drift;
  const { refused = [] } = drift;
  if (unreachable !== undefined)
    return unreachable.replace(`${node} (`, "(").split("\n");
  return [
    ...ofFiles(drift.changed, "not as it was delivered", "not as delivered"),
    ...ofFiles(drift.missing, "missing", "missing"),
    ...ofFiles(drift.unlisted, "no longer wanted", "no longer wanted"),
    ...(ended.length > 0
      ? [
          `${enumerated(ended)} ${ended.length === 1 ? "does" : "do"} not run on this machine`,
        ]
      : []),
    ...(unhealthy.length > 0
      ? [
          `${enumerated(unhealthy)} ${unhealthy.length === 1 ? "is" : "are"} not healthy`,
        ]
      : []),
    ...(outdated.length > 0
      ? [
          outdated.length === 1
            ? `${outdated[0]} runs with other files than it has`
            : `${enumerated(outdated)} run with other files than they have`,
        ]
      : []),
    ...refused.map((name) => `${name} is not taken by the cluster any more`),
  ];
}

function ofFiles(
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

/** What to do, or that nothing is. */
function summary(nodes: readonly NodeDrift[]): string {
  const differing = nodes.filter(differs).map(({ node }) => node);
  const unseen = nodes
    .filter(({ unreachable }) => unreachable !== undefined)
    .map(({ node }) => node);
  if (nodes.length === 0) return "No node is left to compare.";
  if (differing.length + unseen.length === 0)
    return nodes.length === 1
      ? "Nothing to do."
      : `All ${nodes.length} nodes are as they should be.`;
  const isAlone = differing.length === 1;
  return [
    ...(differing.length > 0
      ? [
          `${enumerated(differing)} ${isAlone ? "differs" : "differ"}: \`cdktf-control-plane deploy\` repairs ${isAlone ? "it" : "them"}${differing.length < nodes.length ? ", and touches no other" : ""}.`,
        ]
      : []),
    ...(unseen.length > 0
      ? [
          `${enumerated(unseen)} could not be looked at: nothing is planned for ${unseen.length === 1 ? "it" : "them"}.`,
        ]
      : []),
  ].join(" ");
}

/** What a check found in one store. */
export interface CheckedStore {
  readonly store: string;
  readonly stack?: string;
  readonly clusterName?: string;
  /** Those on hosts. */
  readonly nodes: readonly NodeDrift[];
  /** Nodes that left the cluster, whose machines are not looked at. */
  readonly retired: readonly string[];
  /** What of the store itself is not as it may be. */
  readonly problems?: readonly Problem[];
  /** Why nothing could be compared. */
  readonly failure?: string;
}
