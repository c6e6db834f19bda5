import { notDelivered } from "./errors";
import type { Host } from "../hosts/host";
import { OURS } from "../hosts/ours";
import { WAY } from "../hosts/way";
import { lastLines } from "../hosts/ssh-failure";
import { visibleLine } from "../../base/visible";
import type { Unit } from "./units";

/** Ends the etcd of a host, and puts its data beside their place; gives where they are then. */
export async function setAside(
  host: Host,
  dataDir: string,
  manifest: string | undefined,
  unit: Unit | undefined,
): Promise<string> {
  const { exitCode, stdout, stderr } = await host.run(SET_ASIDE, {
    args: [dataDir, manifest ?? "", unit?.name ?? "", unit?.stamp ?? ""],
    timeout: 180_000,
  });
  if (exitCode !== 0)
    throw notDelivered(
      host.name,
      `etcd's data cannot be set aside: ${lastLines(stderr)}`,
    );
  return visibleLine(stdout.toString().trim());
}

/**
 * Without its manifest kubelet ends it, without its stamp the next run starts it; only then may its data go. The folder
 * of the data may be that of etcd's user, who must not have them put into another.
 */
const SET_ASIDE = `${WAY}${OURS}
set -e
for path in "$2" "$4"; do
  [ -z "$path" ] || lead_to "$path"
done
way_to_folder "$1" || refuse "$1"
[ -z "$2" ] || rm -f "$2"
if [ -n "$3" ]; then
  systemctl stop "$3" 2>/dev/null || ! systemctl is-active --quiet "$3"
  rm -f "$4"
fi
for try in $(seq 300); do
  running=
  for directory in /proc/[0-9]*; do
    read -r name < "$directory/comm" && [ "$name" = etcd ] && ours "$directory" && running=yes
  done 2>/dev/null
  [ -n "$running" ] || break
  sleep 0.2
done
[ -z "$running" ]
aside=$1/member.$(date +%Y%m%dT%H%M%S)
mv -T "$1/member" "$aside"
echo "$aside"
`;
