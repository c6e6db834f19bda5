# Starts units. $1 is a folder to create first, if not empty. Then follow four arguments for each unit: the verb, its name,
# the path of its stamp, and the content of the stamp. It does not wait for units to be started, because a unit of type
# notify may wait for other nodes. The stamp is written last, so that the next run starts the unit again if this is killed.
. ./safe-path.sh
set -e
make=yes
[ -z "$1" ] || require_safe "$1/manifest"
shift
systemctl daemon-reload
umask 077
while [ $# -gt 0 ]; do
  require_safe "$3"
  systemctl enable --quiet "$2"
  systemctl reset-failed "$2" 2>/dev/null || :
  systemctl --no-block "$1" "$2"
  printf '%s\n' "$4" >"$3.new"
  mv "$3.new" "$3"
  shift 4
done
