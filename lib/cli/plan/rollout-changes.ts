import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Run, Triggers } from "./contents";
import { count } from "../report/output";
import type { Applied } from "./state";

/** What a rollout will do with nodes, in the order in which it is told. */
const DEEDS = [
  "repair",
  "set up",
  "set up anew",
  "bring back",
  "retire",
  "remove",
  "reach in another way",
  "label or taint anew",
] as const;

type Deed = (typeof DEEDS)[number];

/** A node, and why hosts are visited for it. */
export interface Visit {
  readonly deed: Deed;
  readonly node: string;
}

/** More names are read by nobody. */
const NAMED = 6;

/**
 * Why a rollout runs anew, as far as it isn't for the files of its nodes, which are told by themselves. A plan says only
 * that it does: the triggers of last time say what is another now.
 *
 * @param known nodes whose hosts a rollout was at work on before, whatever the state says
 */
export function visitsOf(
  run: Run,
  applied: Applied | undefined,
  known: ReadonlySet<string>,
): Visit[] {
  return hosted(run.triggers).flatMap((node) => {
    const deed = deedOf(node, run, applied, known);
    return deed ? [{ deed, node }] : [];
  });
}

function deedOf(
  node: string,
  { triggers: wanted, base }: Run,
  { triggers: past, tainted }: Applied = NEVER,
  known: ReadonlySet<string>,
): Deed | undefined {
  const [way, check] = [`node ${node}`, `check ${node}`];
  const [now, before] = [wanted[way], past[way]];
  if (before === undefined) return known.has(node) ? undefined : "set up";
  if (isRetiring(now) !== isRetiring(before))
    return isRetiring(now) ? "retire" : "bring back";
  if (isLiteral(now) && isReinstalled(now, before)) return "set up anew";
  // What failed is gone on with, wherever that was.
  if (!tainted && tokenIn(wanted[check], base) !== past[check]) return "repair";
  if (isLiteral(now) && accessOf(now) !== accessOf(before))
    return "reach in another way";
  const marks = [`labels ${node}`, `taints ${node}`];
  return marks.some(
    (mark) => isLiteral(wanted[mark] ?? "") && wanted[mark] !== past[mark],
  )
    ? "label or taint anew"
    : undefined;
}

const NEVER: Applied = { triggers: {}, tainted: false };

/** Those that a rollout was at work on, and that none is to be at work on any more; who retired has left before. */
export function leaversOf(
  runs: readonly Run[],
  applied: readonly Applied[],
): Visit[] {
  const staying = new Set(runs.flatMap(({ triggers }) => hosted(triggers)));
  return applied
    .flatMap(({ triggers }) =>
      hosted(triggers).filter((node) => !isRetiring(triggers[`node ${node}`])),
    )
    .filter((node) => !staying.has(node))
    .map((node) => ({ deed: "remove", node }));
}

/** `1 node to repair: cp-2` */
export const visitWords = (visits: readonly Visit[]): string[] =>
  DEEDS.flatMap((deed) => {
    const nodes = visits
      .filter((visit) => visit.deed === deed)
      .map(({ node }) => node);
    if (nodes.length === 0) return [];
    const names = nodes.length > NAMED ? "" : `: ${nodes.join(", ")}`;
    return [`${count(nodes.length, "node")} to ${deed}${names}`];
  });

/** The nodes that it brings files to; in a directory they have only their files. */
export const hosted = (triggers: Triggers): string[] =>
  Object.keys(triggers).flatMap((name) =>
    name.startsWith("node ") ? [name.slice("node ".length)] : [],
  );

/** As `hostInWords` of lib/terraform says it: `ssh admin@10.0.0.1, machine 7, retire`. */
const isRetiring = (words: string): boolean => words.endsWith(", retire");

const machineOf = (words: string): string | undefined =>
  /, machine (.*?)(, retire)?$/.exec(words)?.[1];

/** That it is known by now which machine it is, or no longer, changes nothing. */
function isReinstalled(now: string, before: string): boolean {
  const machines = [machineOf(now), machineOf(before)];
  return !machines.includes(undefined) && machines[0] !== machines[1];
}

const accessOf = (words: string): string => words.split(", ")[0];

const isLiteral = (words: string): boolean => !words.includes("${");

/** What the plan reads from the store. */
function tokenIn(expression: string, base: string): string {
  const [, path = ""] = /file\("([^"]+)"\)/.exec(expression) ?? [];
  try {
    const text = readFileSync(resolve(base, path), "utf8");
    return (JSON.parse(text) as { token: string }).token;
  } catch {
    return "";
  }
}
