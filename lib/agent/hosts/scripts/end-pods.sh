# Ends static pods by removing their manifests. Two arguments for each pod: the name of its process, and its manifest.
. ./safe-path.sh
. ./ours.sh
names=
while [ $# -gt 0 ]; do
  require_safe "$2"
  names="$names $1"
  rm -f "$2" || exit 1
  shift 2
done
for _ in $(seq 300); do
  running=
  for directory in /proc/[0-9]*; do
    read -r name <"$directory/comm" || continue
    case "$names " in
      *" $name "*) ! is_ours "$directory" || running=$name ;;
    esac
  done 2>/dev/null
  [ -n "$running" ] || exit 0
  sleep 0.4
done
echo "$running is still running" >&2
exit 1
