# Prints the end of the log of the component $2 on the node $1. For a unit, that is its log file, if it has one, and its
# journal; for a static pod, the log file of its container. $3 is the number of lines, $4 the unit, $5 the unit's log file,
# $6 the maximal number of bytes.
. ./safe-path.sh
# Links are not followed: somebody who can write there could redirect them to a secret file.
is_log() {
  is_safe "$1" && [ ! -L "$1" ] && [ -f "$1" ] && [ -s "$1" ]
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
