# The host's side of a delivery, for sh with coreutils or busybox. $1 is a folder that all paths are in (tests), $2 the
# state's folder in it. In the state's folder, which is root's alone, are
#
#     delivered     the paths that were delivered, one a line
#     staging.<id>  what is received: `list`, `delivered`, the files by number, and `complete` as the last
#     ready.<id>    the same, from the moment that every file lies beside its place under a name with a dot, which
#                   kubelet and systemd pass over. From here on whoever comes next finishes it.
#     done.<id>     the same, when all is in its place
#
# `list` has two lines for each thing to do: `place <number> <mode> <owner>`, `remove` or `rmdir`, and the path.
# Exit code 4 says that files cannot be put in their places though all is ready.
. ./safe-path.sh
root=$1
state=$1$2
shift 2
umask 077

fail() {
  echo "$*" >&2
  exit 1
}

# Of those that came too late for this, busybox's sync knows no files.
flush() {
  sync "$@" 2>/dev/null || sync
}

# Where what is to be at $path waits.
beside() {
  new=${path%/*}/.${path##*/}.$1
}

# One at a time: what a lost connection left behind may still be at work. Without flock, the ids keep them apart.
lock() {
  exec 9>"$state/lock"
  ! command -v flock >/dev/null || flock 9
}

# For those who only look. One that is away is nobody's.
lock_as_it_is() {
  exec 9<"$state/lock"
  ! command -v flock >/dev/null || flock 9
}

# Whether nobody but root can change where the steps of a list lead. What is gone already needs no way.
check() {
  while read -r verb _ && IFS= read -r path; do
    [ "$verb" = place ] || [ -e "$path" ] || [ -L "$path" ] || continue
    way "$path" || return 1
  done <"$1/list"
}

# Each step has been done, or is still to do, whenever this ended before.
finish() {
  check "$1" || refuse "$path" 4
  id=${1##*.}
  folder=
  while read -r verb _ && IFS= read -r path; do
    case $verb in
      place)
        beside "$id"
        if [ -e "$new" ]; then
          mv -f "$new" "$path" || [ ! -e "$new" ] || exit 4
          if [ "$folder" != "${path%/*}" ]; then
            [ -z "$folder" ] || flush "$folder"
            folder=${path%/*}
          fi
        fi
        ;;
      # Where the way is not closed, nothing was there a moment ago: what is there now is somebody else's.
      remove) ! way "$path" || [ -d "$path" ] || rm -f "$path" || exit 4 ;;
      rmdir) way "$path" && rmdir "$path" 2>/dev/null ;;
    esac
  done <"$1/list"
  [ -z "$folder" ] || flush "$folder"
  [ ! -e "$1/delivered" ] || mv -f "$1/delivered" "$state/delivered" || [ ! -e "$1/delivered" ] || exit 4
  flush "$state"
  mv "$1" "$state/done.$id" || [ ! -e "$1" ] || exit 4
  rm -rf "$state/done.$id"
}

# What never became ready.
discard() {
  [ -d "$1" ] || return 0
  if [ -e "$1/complete" ]; then
    while read -r verb _ && IFS= read -r path; do
      beside "${1##*.}"
      [ "$verb" != place ] || ! way "$path" || rm -f "$new"
    done <"$1/list"
  fi
  rm -rf "$1"
}

# Brings to an end what was interrupted; $1 is the delivery that goes on.
recover() {
  for ready in "$state"/ready.*; do
    [ ! -d "$ready" ] || finish "$ready"
  done
  for left in "$state"/staging.* "$state"/done.*; do
    [ "$left" = "$1" ] || discard "$left"
  done
}
