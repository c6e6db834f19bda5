import { compact } from "../../base/compact";
import * as found from "./errors";
import type { UpgradeFinding } from "./errors";
import type { SeenCluster, SeenMember, Upgrade } from "./seen";

/** The minor in `3.6.8`. */
const minorOf = (version: string): number => Number(version.split(".")[1]);

/** What is wrong with members of etcd. */
export const etcdFindings = (
  { members }: SeenCluster,
  upgrade: Upgrade,
): UpgradeFinding[] =>
  members.flatMap((member) => memberFindings(member, upgrade));

function memberFindings(
  { name, problem, isLearner, version, storageVersion, alarms }: SeenMember,
  { etcd }: Upgrade,
): UpgradeFinding[] {
  // The format matters only if this upgrade brings the next one.
  const isBehind =
    version !== undefined &&
    storageVersion !== undefined &&
    etcd !== undefined &&
    minorOf(etcd) > minorOf(version) &&
    minorOf(storageVersion) < minorOf(version);
  return [
    ...compact(
      isLearner
        ? found.memberLearns(name)
        : // An alarm makes its member unhealthy, and says more.
          problem !== undefined &&
            alarms.length === 0 &&
            found.memberUnhealthy(name, problem),
    ),
    ...alarms.map((alarm) => found.memberAlarm(name, alarm)),
    ...compact(isBehind && found.storageBehind(name, storageVersion, version)),
  ];
}
