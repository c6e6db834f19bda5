import { NODE_STATE_DIR } from "../../catalog/paths";
import { WAY } from "./way";

/**
 * The far side of a delivery, for sh with coreutils or busybox. In `$state`, which is root's alone, are
 *
 *     delivered     the paths that were delivered, one a line
 *     staging.<id>  what is received: `list`, `delivered`, the files by number, and `complete` as the last
 *     ready.<id>    the same, from the moment that every file lies beside its place under a name with a dot, which
 *                   kubelet and systemd pass over. From here it is only brought to its end, by whoever comes.
 *     done.<id>     the same, when all is in its place
 *
 * `list` has two lines for each thing to do: `place <number> <mode> <owner>`, `remove` or `rmdir`, and the path.
 */
const COMMON = `${WAY}
state=$1
root=\${state%${NODE_STATE_DIR}}
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
  new=\${path%/*}/.\${path##*/}.$1
}

# One at a time: what a lost connection left behind may still be at work. Without flock, the ids keep them apart.
lock() {
  exec 9>"$state/lock"
  ! command -v flock >/dev/null || flock 9
}

# Whether nobody but root can change where the steps of a list lead. What is gone already needs no way.
check() {
  while read -r verb number mode owner && IFS= read -r path; do
    [ "$verb" = place ] || [ -e "$path" ] || [ -L "$path" ] || continue
    way "$path" || return 1
  done <"$1/list"
}

# Each step has been done, or is still to do, whenever this ended before.
finish() {
  check "$1" || refuse "$path" 4
  id=\${1##*.}
  folder=
  while read -r verb number mode owner && IFS= read -r path; do
    case $verb in
      place)
        beside "$id"
        if [ -e "$new" ]; then
          mv -f "$new" "$path" || [ ! -e "$new" ] || exit 4
          if [ "$folder" != "\${path%/*}" ]; then
            [ -z "$folder" ] || flush "$folder"
            folder=\${path%/*}
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
    while read -r verb number mode owner && IFS= read -r path; do
      beside "\${1##*.}"
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
`;

/** Exit code of {@link DELIVER} and {@link LOOK} where files cannot be put in their places though all is ready. */
export const UNFINISHED = 4;

/**
 * `$1` the state's folder, `$2` an id. Reads a tar archive. When it is received, nothing but the end of the machine ends
 * it half way: the connection may go.
 */
export const DELIVER = `${COMMON}
staging=$state/staging.$2
make=yes
lead_to "$staging"
make=
trap 'discard "$staging"' EXIT
chmod 700 "$state" && mkdir -p "$staging" || fail "$staging cannot be made"
tar -xf - -C "$staging" || fail "what was sent could not be received"
[ -e "$staging/complete" ] || fail "what was sent ended early"
trap '' HUP INT TERM PIPE
lock
recover "$staging"

check "$staging" || refuse "$path"
make=yes
while read -r verb number mode owner && IFS= read -r path; do
  [ "$verb" = place ] || continue
  beside "$2"
  [ ! -d "$path" ] || fail "$path is a folder"
  lead_to "$path"
  # A new file, not a moved one: it gets the security label of its folder.
  cat "$staging/$number" >"$new" && chown "$owner" "$new" && chmod "$mode" "$new" && flush "$new" ||
    fail "$path cannot be written"
done <"$staging/list"
flush "$staging/list" "$staging/delivered"
mv "$staging" "$state/ready.$2" || fail "$state cannot be written"
finish "$state/ready.$2"
`;

/**
 * `$1` the state's folder. Reads lines with a verb and a path, and answers each with one:
 *
 *     look    `absent`, `other`, or `file <sha256> <mode> <uid>:<gid> <user>:<group>`
 *     read    `absent` or `content <base64>`
 *     folder  `closed`: its way is, whoever's it is
 *     program `closed`: its way is, and nobody but root can change it
 *
 * or with `open`, what is wrong with its way and what to do, apart by tabs. Then an `open` where the state's folder is not
 * root's alone, or else lines `delivered <path>` of what was delivered before, each followed by an `open` where it is
 * still there and its way is not closed.
 */
export const LOOK = `${COMMON}
open() {
  printf 'open\\t%s\\t%s\\n' "$flaw" "$mend"
}

stranger=
if ! way "$state/lock"; then
  stranger=$(open)
elif [ -d "$state" ]; then
  lock
  recover ""
fi
while IFS= read -r line; do
  path=\${line#* }
  case \${line%% *} in
    look)
      if ! way "$path"; then
        open
      elif [ -f "$path" ] && [ ! -L "$path" ]; then
        sum=$(sha256sum <"$path") && facts=$(stat -c '%a %u:%g %U:%G' "$path") || fail "$path cannot be read"
        echo "file \${sum%% *} $facts"
      elif [ -e "$path" ] || [ -L "$path" ]; then
        echo other
      else
        echo absent
      fi ;;
    read)
      if ! follow "$path"; then
        open
      elif [ -f "$file" ]; then
        content=$(base64 <"$file") || fail "$path cannot be read"
        echo content $content
      else
        echo absent
      fi ;;
    folder) if way_to_folder "$path"; then echo closed; else open; fi ;;
    program) if way_to_program "$path"; then echo closed; else open; fi ;;
  esac
done
if [ -n "$stranger" ]; then
  echo "$stranger"
elif [ -e "$state/delivered" ]; then
  while IFS= read -r path; do
    echo "delivered $path"
    { [ ! -e "$path" ] && [ ! -L "$path" ]; } || way "$path" || open
  done <"$state/delivered"
fi
`;
