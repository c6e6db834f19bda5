import type { Host } from "../hosts/host";
import { WAY } from "../hosts/way";
import { LIMITS } from "../../base/limits";
import type { ComponentRequest } from "../../request/request";

const LOG_LINES = 12;

/**
 * The end of a component's own log. Of a unit its file, if it writes one, and what systemd says of it; of a pod the file
 * of its container.
 */
const LOG = `${WAY}
# Else whoever can write there has another file shown by a link.
is_log() {
  way "$1" && [ ! -L "$1" ] && [ -f "$1" ] && [ -s "$1" ]
}

node=$1
name=$2
lines=$3
unit=$4
file=$5
if [ -n "$unit" ]; then
  if [ -n "$file" ] && is_log "$file"; then
    tail -n "$lines" "$file"
    lines=3
  fi
  journalctl --unit "$unit" --lines "$lines" --no-pager --output cat
else
  newest=
  for log in /var/log/pods/kube-system_"$name"-"$node"_*/"$name"/*.log; do
    is_log "$log" || continue
    if [ -z "$newest" ] || [ "$log" -nt "$newest" ]; then newest=$log; fi
  done
  if [ -n "$newest" ]; then
    tail -n "$lines" "$newest"
  else
    echo "its container was never started; kubelet says:"
    journalctl --unit kubelet --lines "$lines" --no-pager --output cat
  fi
fi 2>&1 | tail -c ${LIMITS.logEnd}
`;

export async function logOf(
  host: Host,
  node: string,
  { name, unit = "" }: ComponentRequest,
  file = "",
): Promise<string[]> {
  try {
    const { stdout } = await host.run(LOG, {
      args: [node, name, String(LOG_LINES), unit, file],
    });
    return stdout
      .toString()
      .trim()
      .split("\n")
      .slice(-LOG_LINES)
      .map((line) => line.replace(CRI_PREFIX, "").slice(0, LIMITS.logLine));
  } catch {
    return ["its log cannot be read"];
  }
}

/** What the container runtime puts before each line. */
const CRI_PREFIX = /^\S+ (stdout|stderr) [FP] /;
