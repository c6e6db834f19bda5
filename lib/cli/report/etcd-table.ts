import {
  answering,
  freeBytes,
  isFragmented,
  lagOf,
  leaderOf,
  MOST_FREE_IN_WORDS,
  type AnsweringMember,
} from "../../agent/etcd/state";
import {
  etcdFindings,
  isAlarm,
  problemInWords,
  remedyInWords,
} from "../../agent/etcd/findings";
import { compact } from "../../base/compact";
import { groupedBy } from "../../base/group";
import { percent, sizeInWords } from "../../base/size";
import { printable } from "../../base/visible";
import type { CareAct, EtcdState, MemberState } from "../../request/etcd-care";
import { byName, thousands } from "../names";
import { count, type Style } from "../output";
import { enumerated, quoted, storeTitle, wrap } from "../text";
import { marked, tinted } from "./marks";

/** The etcd cluster of a store. */
export interface EtcdOfStore {
  readonly store: string;
  readonly stack?: string;
  readonly clusterName?: string;
  readonly state?: EtcdState;
  /** What was done to it. */
  readonly done?: readonly CareAct[];
  /** Why its members could not be asked, or why not everything was done. */
  readonly failure?: string;
}

/** A table of the members, what to do about them, and a summary. */
export function etcdLines(given: EtcdOfStore, style: Style): string[] {
  const { state, failure, ...about } = {
    ...printable({ ...given, failure: undefined }),
    failure: given.failure,
  };
  const title = style.bold(storeTitle(about));
  if (!state) return [title, "", ...(failure ?? "").split("\n")];
  const found = [
    ...findingLines(about.store, state, style),
    ...fragmentedLines(about.store, state, style),
  ];
  return [
    title,
    "",
    ...memberLines(state, style),
    "",
    ...(found.length > 0 ? [...found, ""] : []),
    ...wrap(summary(state), style.width),
  ];
}

/** The members after they were looked after, and what was done to them. */
export function careLines(
  given: EtcdOfStore,
  { task }: { readonly task: string },
  style: Style,
): string[] {
  const { done = [] } = given;
  const defragmented = done.filter(({ kind }) => kind === "defragment");
  const names = [...new Set(defragmented.map(({ member }) => member))];
  const freed = defragmented.reduce(
    (sum, { before, after }) => sum + Math.max(0, before - after),
    0,
  );
  const left = (given.state ? answering(given.state) : []).filter(
    ({ name }) => !names.includes(name),
  );
  const text = compact(
    task === "recover" && "The cluster takes writes again.",
    names.length > 0 &&
      `${enumerated(names.sort(byName))} ${names.length === 1 ? "was" : "were"} defragmented, which freed ${sizeInWords(freed)}.`,
    left.length > 0 &&
      `Left as ${left.length === 1 ? "it is" : "they are"}: ${enumerated(left.map(leftInWords))}.`,
    left.some(({ isLearner }) => !isLearner) &&
      `Without --all, only members with more than ${MOST_FREE_IN_WORDS} free are defragmented.`,
  ).join(" ");
  return [...etcdLines(given, style), ...wrap(printable(text), style.width)];
}

/** `cp-2 (12 % free)` */
const leftInWords = ({ name, isLearner, status }: AnsweringMember): string =>
  isLearner
    ? `${name} (a learner)`
    : `${name} (${percent(freeBytes(status), status.size)} free)`;

const COLUMNS = [
  "name",
  "version",
  "role",
  "size",
  "use",
  "free",
  "quota",
  "lag",
] as const;

type Row = Readonly<Record<(typeof COLUMNS)[number], string>>;

const HEADINGS: Row = {
  name: "MEMBER",
  version: "VERSION",
  role: "ROLE",
  size: "SIZE",
  use: "IN USE",
  free: "FREE",
  quota: "OF QUOTA",
  lag: "BEHIND",
};

function rowOf(state: EtcdState, member: AnsweringMember): Row {
  const { name, isLearner, status } = member;
  const { version, size, sizeInUse, quota } = status;
  const isLeader = leaderOf(state)?.id === member.id;
  return {
    name,
    version,
    role: isLeader ? "leader" : isLearner ? "learner" : "follower",
    size: sizeInWords(size),
    use: sizeInWords(sizeInUse),
    free: percent(freeBytes(status), size),
    quota:
      quota === undefined
        ? "unknown"
        : `${percent(size, quota)} of ${sizeInWords(quota)}`,
    lag: thousands(Math.max(0, lagOf(state, member))),
  };
}

function memberLines(state: EtcdState, style: Style): string[] {
  const rows = new Map(
    answering(state).map((member) => [member.name, rowOf(state, member)]),
  );
  const widths = COLUMNS.map((name) =>
    Math.max(
      HEADINGS[name].length,
      ...[...rows.values()].map((row) => row[name].length),
    ),
  );
  const nameWidth = Math.max(
    widths[0],
    ...state.members.map(({ name }) => name.length),
  );
  const inLine = (row: Row): string =>
    COLUMNS.map((name, at) =>
      row[name].padEnd(at === 0 ? nameWidth : widths[at]),
    )
      .join("  ")
      .trimEnd();
  const isNarrow = inLine(HEADINGS).length + 2 > style.width;
  const problem = ({ name, problem: reason }: MemberState) =>
    reason === undefined
      ? []
      : wrap(reason.replace(`${name} (`, "("), style.width - nameWidth - 4).map(
          (line, at) => {
            const lead =
              at === 0 ? name.padEnd(nameWidth) : " ".repeat(nameWidth);
            return `${tinted("!", `${at === 0 ? "!" : " "} ${lead}`, style)}  ${line}`;
          },
        );
  return [
    ...(isNarrow ? [] : [style.dim(`  ${inLine(HEADINGS)}`)]),
    ...state.members.flatMap((member) => {
      const row = rows.get(member.name);
      if (!row) return problem(member);
      const lines = isNarrow
        ? stacked(row, nameWidth, style)
        : [`  ${inLine(row)}`];
      return [...lines, ...problem(member)];
    }),
  ];
}

/** A member in several lines, for narrow terminals. */
function stacked(row: Row, nameWidth: number, style: Style): string[] {
  const lead = " ".repeat(nameWidth + 4);
  return [
    `  ${row.name.padEnd(nameWidth)}  ${row.role}, ${row.version}`,
    ...wrap(
      `${row.size}, ${row.use} in use, ${row.free} free; quota: ${row.quota}; behind: ${row.lag}`,
      style.width - lead.length,
    ).map((line) => lead + style.dim(line)),
  ];
}

/** The same finding about several members is one. */
function findingLines(store: string, state: EtcdState, style: Style): string[] {
  const all = etcdFindings(state).map((finding) => ({
    finding,
    remedy: remedyInWords(finding, quoted(store)),
  }));
  const groups = groupedBy(all, ({ finding: { kind, quota }, remedy }) =>
    JSON.stringify([kind, quota, remedy]),
  );
  return [...groups.values()].flatMap((same) => {
    const [{ finding, remedy }] = same;
    const members = same.map((each) => each.finding.member);
    return marked(
      isAlarm(finding) ? "x" : "!",
      `${problemInWords(finding, enumerated(members))}. ${remedy}`,
      style,
    );
  });
}

/** What a defragmentation would free, if an alarm does not come first. */
function fragmentedLines(
  store: string,
  state: EtcdState,
  style: Style,
): string[] {
  if (etcdFindings(state).length > 0) return [];
  const members = answering(state).filter(
    ({ status, isLearner }) => !isLearner && isFragmented(status),
  );
  if (members.length === 0) return [];
  const free = members.reduce((sum, { status }) => sum + freeBytes(status), 0);
  return marked(
    " ",
    `More than ${MOST_FREE_IN_WORDS} of the database of ${enumerated(members.map(({ name }) => name))} is free: \`cdktf-control-plane etcd defrag ${quoted(store)}\` gives ${sizeInWords(free)} back.`,
    style,
  );
}

function summary(state: EtcdState): string {
  const { members, hasQuorum } = state;
  const unhealthy = members.filter(({ problem }) => problem !== undefined);
  if (!hasQuorum)
    return "etcd has no majority of members that agree, so its alarms are unknown and it takes no writes. `cdktf-control-plane check` says what is wrong with the hosts.";
  const verb = state.alarms.length > 0 ? "answer" : "are healthy";
  if (unhealthy.length === 0)
    return members.length === 1
      ? `The only member ${verb === "answer" ? "answers" : "is healthy"}.`
      : `All ${members.length} members ${verb}.`;
  return `${count(unhealthy.length, "member")} of ${members.length} ${unhealthy.length === 1 ? "is" : "are"} not healthy: \`cdktf-control-plane check\` says what is wrong with their hosts.`;
}
