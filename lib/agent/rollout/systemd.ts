import { KUBELET_UNIT } from "../../catalog/kubelet";
import { MANIFESTS_DIR } from "../../catalog/paths";
import { unitsNotStarted, unitsNotStopped, usersNotMade } from "./errors-units";
import type { Host } from "../hosts/host";
import MAKE_USERS from "../hosts/scripts/make-users.sh";
import START_UNITS from "../hosts/scripts/start-units.sh";
import STOP_UNITS from "../hosts/scripts/stop-units.sh";
import { lastLines } from "../hosts/ssh-failure";
import type { Start } from "./starts";
import { fingerprintOfUnit, stampText } from "./units";

/** Milliseconds. A unit may take long to stop; kubelet checks for removed manifests only every 20 s. */
const TIMEOUT = 180_000;

/** Runs a script that waits for something to end; returns the problem if it fails. */
export async function problemOf(
  host: Host,
  script: string,
  args: readonly string[],
): Promise<string | undefined> {
  const { exitCode, stderr } = await host.run(script, {
    args,
    timeout: TIMEOUT,
  });
  return exitCode === 0 ? undefined : lastLines(stderr);
}

/** Reloads the unit files, then restarts or reloads these units. */
export async function startUnits(
  host: Host,
  starts: readonly Start[],
): Promise<void> {
  const problem = await problemOf(host, START_UNITS, startArguments(starts));
  const units = starts.map(({ unit }) => unit.component.name);
  if (problem !== undefined) throw unitsNotStarted(host.name, units, problem);
}

const startArguments = (starts: readonly Start[]): string[] => [
  // A packaged kubelet logs errors if this directory is missing.
  starts.some(({ unit }) => unit.name === KUBELET_UNIT && !unit.isOurs)
    ? MANIFESTS_DIR
    : "",
  ...starts.flatMap(({ verb, unit }) => [
    verb,
    unit.name,
    unit.stamp,
    stampText(fingerprintOfUnit(unit)),
  ]),
];

/** Stops units whose files are about to be removed. */
export async function stopUnits(
  host: Host,
  units: readonly string[],
): Promise<void> {
  if (units.length === 0) return;
  const problem = await problemOf(host, STOP_UNITS, units);
  if (problem !== undefined) throw unitsNotStopped(host.name, units, problem);
}

/** Creates missing system users, each with a group of the same name. */
export async function makeUsers(
  host: Host,
  users: readonly string[],
): Promise<void> {
  if (users.length === 0) return;
  const problem = await problemOf(host, MAKE_USERS, users);
  if (problem !== undefined) throw usersNotMade(host.name, users, problem);
}
