# Stops units. Two arguments for each: the unit and its stamp, without which the next delivery starts it again.
. ./safe-path.sh
while [ $# -gt 0 ]; do
  require_safe "$2"
  systemctl stop "$1" 2>/dev/null || ! systemctl is-active --quiet "$1" || exit 1
  rm -f "$2"
  shift 2
done
