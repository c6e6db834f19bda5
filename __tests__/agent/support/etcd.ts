import type {
  EtcdState,
  MemberState,
  MemberStatus,
} from "../../../lib/request/etcd-care";

const MiB = 1024 ** 2;

/** The id of a member is the number at the end of its name. */
const idOf = (name: string): string => /\d+$/.exec(name)?.[0] ?? "0";

export interface MemberOptions extends Partial<MemberStatus> {
  readonly problem?: string;
  /** The share of its database that is free, in percent. */
  readonly free?: number;
}

/** A healthy member, 100 MiB large, of a cluster that cp-1 leads. */
export function memberState(
  name: string,
  { problem, free = 0, ...status }: MemberOptions = {},
): MemberState {
  const id = idOf(name);
  const { size = 100 * MiB } = status;
  const { isLearner = false } = status;
  return {
    name,
    id,
    isLearner,
    status: {
      clusterId: "1",
      memberId: id,
      version: "3.6.8",
      storageVersion: "3.6.0",
      leader: "1",
      isLearner,
      revision: 1000,
      size,
      sizeInUse: size * (1 - free / 100),
      quota: 2048 * MiB,
      committed: 5000,
      applied: 5000,
      ...status,
    },
    ...(problem !== undefined && { problem }),
  };
}

/** A member whose host is not reached. */
export const silentMember = (name: string, problem: string): MemberState => ({
  name,
  id: idOf(name),
  isLearner: false,
  problem,
});

/** @param alarms `NOSPACE cp-1` */
export const etcdState = (
  members: readonly MemberState[],
  ...alarms: readonly string[]
): EtcdState => ({
  hasQuorum: true,
  members,
  alarms: alarms.map((alarm) => {
    const [kind, member] = alarm.split(" ");
    return { kind, member, memberId: idOf(member) };
  }),
});
