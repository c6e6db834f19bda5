#!/bin/sh
# Saves etcd into a file on this host, if it is this host's turn: the timers of all members start this at the same time, and
# only the first follower acts, in the order of the member ids. The leader, which has most to do, acts only if it is alone.
#
#     $1 the name of the cluster, $2 the directory for the snapshots, $3 how many of them stay there
#     $4 etcd's data directory, $5 how many seconds etcd may take to answer, for example after a boot
#     $6 the socket of the container runtime in which etcd runs; `-` if etcd runs on the host itself
#     $7 etcdctl, with its flags from $8 on
set -u
umask 077
cluster=$1
directory=$2
keep=$3
data=$4
patience=$5
socket=$6
shift 6

fail() {
  echo "etcd was not saved: $1" >&2
  exit 1
}

# The end of what a program said, in one line.
last() {
  printf '%s\n' "$1" | tail -n 1 | cut -c -300
}

# Runs etcdctl where etcd runs.
run() {
  if [ "$socket" = - ]; then
    "$@"
  else
    container=$(crictl --runtime-endpoint="$socket" ps --quiet --state=running --name='^etcd$' \
      --label=io.kubernetes.pod.namespace=kube-system | head -n 1)
    [ -n "$container" ] || { echo "no container of etcd runs on this host"; return 1; }
    # Without --sync, because that prints nothing of a command that ends with an error.
    crictl --runtime-endpoint="$socket" exec "$container" "$@"
  fi
}

# The value of the field $2 in the status $1 of one member.
field() {
  printf '%s\n' "$1" | while IFS= read -r line; do
    case $line in "\"$2\" : "*) echo "${line##* : }" && break ;; esac
  done
}

# The members in the status $1, in the order in which they act. A learner never does, nor who knows no leader.
in_turn() {
  printf '%s\n' "$1" | while IFS= read -r line; do
    value=${line##* : }
    case $line in
      '"MemberID" : '*) member=$value ;;
      '"Leader" : '*) leader=$value ;;
      '"IsLearner" : false')
        case $leader in
          0) ;;
          "$member") echo "2 $member" ;;
          *) echo "1 $member" ;;
        esac ;;
    esac
  done | LC_ALL=C sort | cut -d ' ' -f 2
}

# Fails if the file system of the folder $1 has not $2 KiB of free space.
require_room() {
  free=$(df -Pk "$1" | { read -r _ && read -r _ _ _ kibibytes _ && echo "$kibibytes"; }) ||
    fail "the free space of $1 cannot be read"
  [ "$free" -ge "$2" ] ||
    fail "$1 has only $((free / 1024)) MiB of free space, and a snapshot needs $((($2 + 1023) / 1024)) MiB, twice the size of etcd's database"
}

[ "$socket" = - ] || command -v crictl >/dev/null ||
  fail "crictl, which reaches etcd in its container, is not installed on this host"
waited=0
until own=$(run "$@" endpoint status --write-out=fields 2>&1); do
  [ "$waited" -lt "$patience" ] || fail "the member on this host does not answer: $(last "$own")"
  sleep 5
  waited=$((waited + 5))
done
me=$(field "$own" MemberID)
size=$(field "$own" DBSize)
case $me,$size in
  ,* | *, | *[!0-9,]*) fail "etcdctl does not tell the state of the member: $(last "$own")" ;;
esac
# It ends with an error if a member does not answer, but it has told of the others by then.
all=$(run "$@" endpoint status --cluster --write-out=fields 2>/dev/null) || :
first=$(in_turn "$all" | head -n 1)
[ -n "$first" ] || fail "etcd has no leader now, so it cannot be told whose turn it is"
if [ "$first" != "$me" ]; then
  echo "nothing to do: the member with the id $first saves etcd"
  exit 0
fi

said=$(mkdir -p "$directory" 2>&1) || fail "$directory cannot be made: $(last "$said")"
needed=$((size * 2 / 1024 + 1))
require_room "$directory" "$needed"
name=$cluster-$(date -u +%Y%m%dT%H%M%SZ).db
draft=$directory/.$name
made=$draft
if [ "$socket" != - ]; then
  # This folder is the only one that etcd's container and the host have in common.
  made=$data/.etcd-backup.db
  require_room "$data" "$needed"
fi

# Also what a run that was killed has left.
forget() {
  rm -f "$data"/.etcd-backup.db* "$directory/.$cluster"-[0-9]*.db*
}
trap forget EXIT
trap 'exit 1' HUP INT TERM
forget
if ! said=$(run "$@" snapshot save "$made" 2>&1) || [ ! -s "$made" ]; then
  fail "$(last "$said")"
fi
said=$({ [ "$made" = "$draft" ] || mv "$made" "$draft"; } 2>&1 && chmod 600 "$draft" 2>&1) || fail "$(last "$said")"
sum=$(sha256sum <"$draft") || fail "$draft cannot be read"
printf '%s  %s\n' "${sum%% *}" "$name" >"$draft.sha256" || fail "$draft.sha256 cannot be written"
sync
# In this order, so that each snapshot has its SHA-256.
mv "$draft.sha256" "$directory/$name.sha256" || fail "$name.sha256 cannot be given its name"
mv "$draft" "$directory/$name" || fail "$name cannot be given its name"
echo "saved etcd in $directory/$name"

d='[0-9]'
# shellcheck disable=SC2086 # the pattern is to be expanded
set -- "$directory/$cluster"-$d$d$d$d$d$d$d${d}T$d$d$d$d$d${d}Z.db
while [ $# -gt "$keep" ]; do
  rm -f "$1" "$1.sha256"
  shift
done
