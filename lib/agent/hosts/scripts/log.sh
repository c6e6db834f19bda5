# The end of the log of the component $2 of the node $1: of a unit its file, if it writes one, and what systemd says of it; of
# a pod the file of its container.
. ./safe-path.sh
# A link is not followed: whoever can write there could have another file shown.
is_log() {
  way "$1" && [ ! -L "$1" ] && [ -f "$1" ] && [ -s "$1" ]
}

node=$1
name=$2
lines=$3
unit=$4
file=$5
bytes=$6
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
    # shellcheck disable=SC3013 # dash, bash and busybox have it
    if [ -z "$newest" ] || [ "$log" -nt "$newest" ]; then newest=$log; fi
  done
  if [ -n "$newest" ]; then
    tail -n "$lines" "$newest"
  else
    echo "its container was never started; kubelet says:"
    journalctl --unit kubelet --lines "$lines" --no-pager --output cat
  fi
fi 2>&1 | tail -c "$bytes"
