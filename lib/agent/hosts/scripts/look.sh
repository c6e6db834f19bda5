# Examines files on a host. If $3 is `recover`, an interrupted delivery is finished first. Otherwise nothing is changed, not
# even the time of the lock. Reads lines with a verb and a path, and answers each with one line:
#
#     look    `absent`, `other`, or `file <sha256> <mode> <uid>:<gid> <user>:<group>`
#     read    `absent` or `content <base64>`
#     folder  `closed`: the path is safe (only root can change where it leads), whoever owns the folder
#     program `closed`: the path is safe, and only root can change the program
#
# If the path is not safe, the answer is `open`, the problem and the remedy, separated by tabs. After the answers follows an
# `open` if the state folder is not safe. Otherwise follow lines `delivered <path>` for the files that were delivered before,
# each with an `open` behind it if the file exists and its path is not safe.
. ./delivery.sh
open() {
  printf 'open\t%s\t%s\n' "$flaw" "$remedy"
}

unsafe_state=
if ! is_safe "$state/lock"; then
  unsafe_state=$(open)
elif [ "$1" != recover ]; then
  [ ! -e "$state/lock" ] || lock_read_only
elif [ -d "$state" ]; then
  lock
  recover ""
fi
while IFS= read -r line; do
  path=${line#* }
  case ${line%% *} in
    look)
      if ! is_safe "$path"; then
        open
      elif [ -f "$path" ] && [ ! -L "$path" ]; then
        { sum=$(sha256sum <"$path") && facts=$(stat -c '%a %u:%g %U:%G' "$path"); } || fail "$path cannot be read"
        echo "file ${sum%% *} $facts"
      elif [ -e "$path" ] || [ -L "$path" ]; then
        echo other
      else
        echo absent
      fi ;;
    read)
      if ! resolve_safely "$path"; then
        open
      elif [ -f "$file" ]; then
        content=$(base64 <"$file") || fail "$path cannot be read"
        # Without quotes, so that all of it is on one line.
        # shellcheck disable=SC2086
        echo content $content
      else
        echo absent
      fi ;;
    folder) if is_safe_folder "$path"; then echo closed; else open; fi ;;
    program) if is_safe_program "$path"; then echo closed; else open; fi ;;
  esac
done
if [ -n "$unsafe_state" ]; then
  echo "$unsafe_state"
elif [ -e "$state/delivered" ]; then
  while IFS= read -r path; do
    echo "delivered $path"
    { [ ! -e "$path" ] && [ ! -L "$path" ]; } || is_safe "$path" || open
  done <"$state/delivered"
fi
