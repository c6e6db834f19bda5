# The host's side of a delivery, for sh with coreutils or busybox. $1 is a folder in which all paths are (for tests), $2 is
# the state folder in it. Only root can access the state folder. It contains
#
#     delivered     the paths of the delivered files, one per line
#     staging.<id>  what is being received: `list`, `delivered`, the files by number, and `complete` as the last
#     ready.<id>    the same folder, renamed when each file lies beside its place under a name that begins with a dot,
#                   which kubelet and systemd ignore. If the delivery is interrupted after that, the next one finishes it.
#     done.<id>     the same folder, renamed when everything is in its place
#
# `list` has two lines for each step: `place <number> <mode> <owner>`, `remove` or `rmdir`; then the path.
# Exit code 4 means that everything is ready but not all files could be put in their places.
. ./safe-path.sh
root=$1
state=$1$2
shift 2
umask 077

fail() {
  echo "$*" >&2
  exit 1
}

# The sync of an old busybox accepts no file names.
flush() {
  sync "$@" 2>/dev/null || sync
}

# Sets $new to the temporary name of the file for $path in the delivery $1.
set_new() {
  new=${path%/*}/.${path##*/}.$1
}

# Only one delivery runs at a time: after a lost connection, an earlier one may still be running. Without flock, only the
# ids keep deliveries apart.
lock() {
  exec 9>"$state/lock"
  ! command -v flock >/dev/null || flock 9
}

# Takes an existing lock without changing its file.
lock_read_only() {
  exec 9<"$state/lock"
  ! command -v flock >/dev/null || flock 9
}

# Whether all paths of the list are safe. A path to remove that does not exist is not checked.
check() {
  while read -r verb _ && IFS= read -r path; do
    [ "$verb" = place ] || [ -e "$path" ] || [ -L "$path" ] || continue
    is_safe "$path" || return 1
  done <"$1/list"
}

# Puts everything in its place. After an interruption at any point, it can run again: steps that were done are skipped.
finish() {
  check "$1" || refuse "$path" 4
  id=${1##*.}
  folder=
  while read -r verb _ && IFS= read -r path; do
    case $verb in
      place)
        set_new "$id"
        if [ -e "$new" ]; then
          mv -f "$new" "$path" || [ ! -e "$new" ] || exit 4
          if [ "$folder" != "${path%/*}" ]; then
            [ -z "$folder" ] || flush "$folder"
            folder=${path%/*}
          fi
        fi
        ;;
      # The check passed, so if the path is not safe now, nothing existed there before: what is there now is foreign.
      remove) ! is_safe "$path" || [ -d "$path" ] || rm -f "$path" || exit 4 ;;
      rmdir) is_safe "$path" && rmdir "$path" 2>/dev/null ;;
    esac
  done <"$1/list"
  [ -z "$folder" ] || flush "$folder"
  [ ! -e "$1/delivered" ] || mv -f "$1/delivered" "$state/delivered" || [ ! -e "$1/delivered" ] || exit 4
  flush "$state"
  mv "$1" "$state/done.$id" || [ ! -e "$1" ] || exit 4
  rm -rf "$state/done.$id"
}

# Removes a delivery that never became ready.
discard() {
  [ -d "$1" ] || return 0
  if [ -e "$1/complete" ]; then
    while read -r verb _ && IFS= read -r path; do
      set_new "${1##*.}"
      [ "$verb" != place ] || ! is_safe "$path" || rm -f "$new"
    done <"$1/list"
  fi
  rm -rf "$1"
}

# Finishes or discards interrupted deliveries, except the current one, $1.
recover() {
  for ready in "$state"/ready.*; do
    [ ! -d "$ready" ] || finish "$ready"
  done
  for left in "$state"/staging.* "$state"/done.*; do
    [ "$left" = "$1" ] || discard "$left"
  done
}
