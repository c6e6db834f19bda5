# Starts units. $1 is a folder that is made first, if any; then follow for each unit a verb, its name, its stamp and the text
# of the stamp. Nothing waits for a unit here: one that notifies may wait for those of other nodes. The stamp comes last:
# killed before it, the next run starts the unit once more.
. ./safe-path.sh
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
  printf '%s\n' "$4" >"$3.new"
  mv "$3.new" "$3"
  shift 4
done
