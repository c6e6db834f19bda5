import { KUBELET_UNIT } from "../../catalog/kubelet";
import { MANIFESTS_DIR } from "../../catalog/paths";
import { unitsNotStarted, unitsNotStopped, usersNotMade } from "./errors-units";
import type { Host } from "../hosts/host";
import { WAY } from "../hosts/way";
import { lastLines } from "../hosts/ssh-failure";
import type { Start } from "./starts";
import { fingerprintOfUnit, stampText } from "./units";

/** Milliseconds; a unit may take its time to end, and so does kubelet, which looks for manifests every 20 s. */
const TIMEOUT = 180_000;

/** What is wrong, where a script that waits for something to end fails. */
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

/** Has systemd read its units again, and starts some of them. */
export async function startUnits(
  host: Host,
  starts: readonly Start[],
): Promise<void> {
  const problem = await problemOf(host, START_UNITS, startArguments(starts));
  const units = starts.map(({ unit }) => unit.component.name);
  if (problem !== undefined) throw unitsNotStarted(host.name, units, problem);
}

/**
 * `$1` a folder that is made first, if any; then for each unit a verb, its name, its stamp and what the stamp is to say.
 * Nothing waits for a unit here: one that notifies may wait for those of other nodes. The stamp comes last: killed before
 * it, the next run starts the unit once more.
 */
const START_UNITS = `${WAY}
set -e
make=yes
[ -z "$1" ] || lead_to "$1/manifest"
shift
systemctl daemon-reload
umask 077
while [ $# -gt 0 ]; do
  lead_to "$3"
  systemctl enable --quiet "$2"
  systemctl reset-failed "$2" 2>/dev/null || :
  systemctl --no-block "$1" "$2"
  printf '%s\\n' "$4" >"$3.new"
  mv "$3.new" "$3"
  shift 4
done
`;

const startArguments = (starts: readonly Start[]): string[] => [
  // Of a package's kubelet, which complains without it.
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

/** Ends units whose files are about to go. */
export async function stopUnits(
  host: Host,
  units: readonly string[],
): Promise<void> {
  if (units.length === 0) return;
  const problem = await problemOf(host, STOP_UNITS, units);
  if (problem !== undefined) throw unitsNotStopped(host.name, units, problem);
}

const STOP_UNITS = `
for unit in "$@"; do
  # 5: systemd knows no such unit, whose file somebody else removed.
  systemctl disable --quiet --now "$unit" 2>/dev/null || systemctl stop "$unit" || [ $? -eq 5 ] || exit 1
  systemctl reset-failed "$unit" 2>/dev/null || :
done
`;

/** Makes those that are missing: system users, each with a group of its name. */
export async function makeUsers(
  host: Host,
  users: readonly string[],
): Promise<void> {
  if (users.length === 0) return;
  const problem = await problemOf(host, MAKE_USERS, users);
  if (problem !== undefined) throw usersNotMade(host.name, users, problem);
}

const MAKE_USERS = `
for user in "$@"; do
  ! id -u "$user" >/dev/null 2>&1 || continue
  group=--user-group
  ! getent group "$user" >/dev/null 2>&1 || group=--gid=$user
  useradd --system --no-create-home --shell /usr/sbin/nologin "$group" "$user" || exit 1
done
`;
