import { type AgentError, lines } from "../../base/errors";
import { sizeInWords } from "../../base/size";
import type { CareAct, MemberState } from "../../request/etcd-care";
import { type AnsweringMember, NOSPACE } from "./state";
import { actInWords } from "./step";

/** The end of an error: what was done before it. */
const doneBefore = (done: readonly CareAct[]): string[] =>
  done.length === 0
    ? ["Nothing was touched."]
    : ["Done before:", ...done.map((act) => `  ${actInWords(act)}`)];

const withReasons = (members: readonly MemberState[]): string[] =>
  members.map(
    ({ name, problem = "it does not answer" }) => `  ${name}: ${problem}`,
  );

export const noEtcdMember = (store: string) =>
  lines(
    `${store}: the store knows no node on a host that runs a member of etcd. Nothing was touched.`,
    "Deploy the cluster first. An etcd that exists already (`Etcd.external`), and nodes without an access, are looked after with their own tools, such as etcdctl.",
  );

export const stepFailed = (message: string, done: readonly CareAct[]) =>
  lines(
    ...message.split("\n"),
    ...(done.length === 0 ? [] : doneBefore(done)),
    "Run the same command again: it continues from the state that it finds.",
  );

export const noMajority = (
  members: readonly MemberState[],
  done: readonly CareAct[],
) =>
  lines(
    "etcd has no majority of members that agree, so nobody knows its members and alarms:",
    ...withReasons(members.filter(({ problem }) => problem !== undefined)),
    ...doneBefore(done),
    "Bring the members back (`cdktf-control-plane check` says what is wrong with their hosts), then run this again.",
  );

export const membersUnhealthy = (
  members: readonly MemberState[],
  done: readonly CareAct[],
) =>
  lines(
    "A member that is defragmented answers nothing meanwhile, so all others have to be healthy. These are not:",
    ...withReasons(members),
    ...doneBefore(done),
    "Bring them back (`cdktf-control-plane check` says what is wrong with their hosts), or remove their nodes from the program and deploy. Then run this again.",
  );

export const noLeader = (done: readonly CareAct[]) =>
  lines(
    "etcd has no leader.",
    ...doneBefore(done),
    "Wait until the members have elected one (`cdktf-control-plane etcd status` shows it), then run this again.",
  );

/** How people go on when the data of a member differ from those of the others. */
export const CORRUPT_REMEDY =
  'Do not disarm this alarm while that member is in the cluster: follow "A member with corrupt data" in docs/etcd.md.';

export const corruptMember = (
  members: readonly string[],
  done: readonly CareAct[],
) =>
  lines(
    `etcd has the alarm CORRUPT: the data of ${members.join(", ")} differ from those of the other members.`,
    ...doneBefore(done),
    CORRUPT_REMEDY,
  );

export const nothingToRecover = () =>
  lines(
    `No member has raised the alarm ${NOSPACE}, so there is nothing to recover from. Nothing was touched.`,
    "`cdktf-control-plane etcd status` shows the members, their sizes and alarms; `cdktf-control-plane etcd defrag` gives free space back.",
  );

const RAISE_QUOTA =
  "Delete what is not needed, or raise `quotaBackendBytes` of the program's Etcd and deploy; then run this again.";

export const stillOverQuota = (
  members: readonly AnsweringMember[],
  done: readonly CareAct[],
): AgentError =>
  lines(
    `The alarm ${NOSPACE} stays, because the database is still as large as its quota after it was compacted and defragmented:`,
    ...members.map(
      ({ name, status: { size, quota = 0 } }) =>
        `  ${name}: ${sizeInWords(size)} of ${sizeInWords(quota)}`,
    ),
    ...doneBefore(done),
    RAISE_QUOTA,
  );

export const raisedAgain = (
  members: readonly string[],
  done: readonly CareAct[],
): AgentError =>
  lines(
    `${members.join(", ")} raised the alarm ${NOSPACE} again as soon as it was disarmed: the database has no room for the next change.`,
    ...doneBefore(done),
    RAISE_QUOTA,
  );
