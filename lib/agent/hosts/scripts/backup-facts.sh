# Reports how a host saves etcd. $1 is a schedule, $2 the directory of the snapshots, $3 the program that reaches etcd, $4 the
# name of the cluster, $5 the unit that saves etcd.
. ./inquiry.sh

newest() {
  for path in "$2/$1"-[0-9]*T[0-9]*Z.db; do
    if [ -f "$path" ]; then echo "${path##*/}"; fi
  done | tail -n 1
}

if command -v systemd-analyze >/dev/null; then
  if said=$(TZ=UTC LC_ALL=C limited systemd-analyze calendar --iterations=10 -- "$1" 2>&1); then
    fact runs "$said"
  else
    fact refused "$said"
  fi
fi
if command -v "$3" >/dev/null; then fact program; fi
fact newest "$(newest "$4" "$2")"
fact result "$(systemctl show --property=Result "$5" 2>/dev/null)"
