import { sizeInWords } from "../../base/size";
import type { EtcdFinding, EtcdState } from "../../request/etcd-care";
import { CORRUPT_REMEDY } from "./errors";
import {
  answering,
  CORRUPT,
  isFragmented,
  isNearQuota,
  NEAR_QUOTA_IN_WORDS,
  NOSPACE,
} from "./state";

interface FindingRow {
  /** An alarm, or something that leads to one. */
  readonly isAlarm: boolean;
  /**
   * A sentence without its period.
   * @param members whom it is about: several, if all else is the same
   */
  readonly problem: (finding: EtcdFinding, members: string) => string;
  /** @param store the store, as in a command */
  readonly remedy: (finding: EtcdFinding, store: string) => string;
}

const ofQuota = ({ quota }: EtcdFinding): string =>
  quota === undefined ? "" : ` of ${sizeInWords(quota)}`;

const FINDINGS: Readonly<Record<EtcdFinding["kind"], FindingRow>> = {
  NOSPACE: {
    isAlarm: true,
    problem: (finding, members) =>
      `etcd has the alarm NOSPACE: its database on ${members} has reached the quota${ofQuota(finding)}, so the whole cluster takes no writes`,
    remedy: (_, store) =>
      `\`cdktf-control-plane etcd recover ${store}\` brings it back.`,
  },
  CORRUPT: {
    isAlarm: true,
    problem: (_, members) =>
      `etcd has the alarm CORRUPT: the data of ${members} differ from those of the other members, so the whole cluster takes no writes`,
    remedy: () => CORRUPT_REMEDY,
  },
  "near quota": {
    isAlarm: false,
    problem: (finding, members) =>
      `etcd's database on ${members} has more than ${NEAR_QUOTA_IN_WORDS} of its quota${ofQuota(finding)}, at which the whole cluster takes no writes`,
    remedy: ({ size = 0, sizeInUse = 0 }, store) =>
      isFragmented({ size, sizeInUse })
        ? `\`cdktf-control-plane etcd defrag ${store}\` gives its free space back.`
        : "Raise `quotaBackendBytes` of the program's Etcd, and deploy.",
  },
};

export const isAlarm = ({ kind }: EtcdFinding): boolean =>
  FINDINGS[kind].isAlarm;

export const problemInWords = (
  finding: EtcdFinding,
  members = finding.member,
): string => FINDINGS[finding.kind].problem(finding, members);

export const remedyInWords = (finding: EtcdFinding, store: string): string =>
  FINDINGS[finding.kind].remedy(finding, store);

/** The alarms, and the members that are near their quota, unless one of them has reached it already. */
export function etcdFindings(state: EtcdState): EtcdFinding[] {
  const members = answering(state);
  const sizesOf = (id: string | undefined) => {
    const { size, sizeInUse, quota } =
      members.find((member) => member.id === id)?.status ?? {};
    return { size, sizeInUse, quota };
  };
  const raised = state.alarms.flatMap(({ kind, member, memberId }) =>
    kind === NOSPACE || kind === CORRUPT
      ? [{ kind, member, ...sizesOf(memberId) } as const]
      : [],
  );
  if (raised.some(({ kind }) => kind === NOSPACE)) return raised;
  const near = members
    .filter(({ status }) => isNearQuota(status))
    .map(
      ({ name, id }) =>
        ({ kind: "near quota", member: name, ...sizesOf(id) }) as const,
    );
  return [...raised, ...near];
}
