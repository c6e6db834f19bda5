import { percent } from "../../base/size";
import type {
  EtcdState,
  MemberState,
  MemberStatus,
  RaisedAlarm,
} from "../../request/etcd-care";

/** A member that answers. */
export type AnsweringMember = MemberState & { readonly status: MemberStatus };

const answers = (member: MemberState): member is AnsweringMember =>
  member.status !== undefined;

export const answering = ({ members }: EtcdState): AnsweringMember[] =>
  members.filter(answers);

/** The leader: the member that takes itself for it, or else the one that another member names. */
export function leaderOf(state: EtcdState): MemberState | undefined {
  const named = answering(state).flatMap(({ status }) => status.leader ?? []);
  return (
    answering(state).find(({ id, status }) => id === status.leader) ??
    state.members.find(({ id }) => id !== undefined && named.includes(id))
  );
}

export const voters = (state: EtcdState): MemberState[] =>
  state.members.filter(({ isLearner }) => !isLearner);

/** The alarms that this library knows. */
export const NOSPACE = "NOSPACE";
export const CORRUPT = "CORRUPT";

export const alarmsOf = ({ alarms }: EtcdState, kind: string): RaisedAlarm[] =>
  alarms.filter((alarm) => alarm.kind === kind);

/** How many entries of the log, which the majority has, a member has not applied yet. */
export function lagOf(state: EtcdState, { status }: AnsweringMember): number {
  const committed = answering(state).map((each) => each.status.committed);
  return Math.max(0, ...committed) - status.applied;
}

/** The bytes of a member's database that hold no data. */
export const freeBytes = ({
  size,
  sizeInUse,
}: Pick<MemberStatus, "size" | "sizeInUse">): number =>
  Math.max(0, size - sizeInUse);

/** The share of free space in a database above which it is worth to write it anew. */
const MOST_FREE = 0.4;

export const isFragmented = (
  status: Pick<MemberStatus, "size" | "sizeInUse">,
): boolean => freeBytes(status) > MOST_FREE * status.size;

export const MOST_FREE_IN_WORDS = percent(MOST_FREE, 1);

/** The share of the quota from which on a database is near it, as the alert in docs/monitoring.md has it. */
const NEAR_QUOTA = 0.8;

export const isNearQuota = ({ size, quota }: MemberStatus): boolean =>
  quota !== undefined && size > NEAR_QUOTA * quota;

export const NEAR_QUOTA_IN_WORDS = percent(NEAR_QUOTA, 1);

export const isOverQuota = ({ size, quota }: MemberStatus): boolean =>
  quota !== undefined && size >= quota;
