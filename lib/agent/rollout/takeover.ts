import { manifestPath } from "../../render/static-pod";
import { dataNotGiven, podsStay } from "./errors-units";
import type { Host } from "../hosts/host";
import { OURS } from "../hosts/ours";
import { WAY } from "../hosts/way";
import type { ComponentRequest } from "../../request/request";
import { problemOf } from "./systemd";
import { type Unit, userOf } from "./units";

/**
 * Static pods that are units from now on: they end before anything takes their ports.
 * @param removed what goes from the host
 */
export async function endPods(
  host: Host,
  components: readonly ComponentRequest[],
  removed: readonly string[],
): Promise<void> {
  const pods = components.flatMap(({ name, unit }) => {
    const manifest = manifestPath({ id: name });
    return unit && removed.includes(manifest) ? [{ name, manifest }] : [];
  });
  if (pods.length === 0) return;
  const problem = await problemOf(
    host,
    END_PODS,
    pods.flatMap(({ name, manifest }) => [name.slice(0, 15), manifest]),
  );
  const names = pods.map(({ name }) => name);
  if (problem !== undefined) throw podsStay(host.name, names, problem);
}

/** For each a process's name, and its manifest. */
const END_PODS = `${WAY}${OURS}
names=
while [ $# -gt 0 ]; do
  lead_to "$2"
  names="$names $1"
  rm -f "$2" || exit 1
  shift 2
done
for try in $(seq 300); do
  running=
  for directory in /proc/[0-9]*; do
    read -r name <"$directory/comm" || continue
    case "$names " in
      *" $name "*) ! ours "$directory" || running=$name ;;
    esac
  done 2>/dev/null
  [ -n "$running" ] || exit 0
  sleep 0.4
done
echo "$running still runs" >&2
exit 1
`;

/** etcd's data belong to whoever runs it from now on. */
export async function giveData(
  host: Host,
  dataDir: string,
  unit: Unit,
): Promise<void> {
  const user = userOf(unit);
  const problem = await problemOf(host, GIVE_DATA, [dataDir, user, unit.name]);
  if (problem !== undefined)
    throw dataNotGiven(host.name, dataDir, user, problem);
}

/**
 * Whoever had them ends before, and does not get in meanwhile. A file that has another name elsewhere would be given away
 * there, too.
 */
const GIVE_DATA = `${WAY}
way_to_folder "$1" || refuse "$1"
[ -d "$1/member" ] || exit 0
[ "$(stat -c %U "$1/member")" != "$2" ] || exit 0
systemctl stop "$3" 2>/dev/null
chown root: "$1" && chmod 0700 "$1" || exit 1
linked=$(find "$1" -type f -links +1 | head -n 1)
if [ -n "$linked" ]; then
  echo "$linked has another name elsewhere: remove it, or make a copy of it" >&2
  exit 1
fi
chown -R -h "$2:" "$1"
`;
