# With `recover` after what every script here is given, a delivery that was interrupted is brought to its end first. Else
# nothing is changed, not even the time of the lock. Reads lines with a verb and a path, and answers each with one:
#
#     look    `absent`, `other`, or `file <sha256> <mode> <uid>:<gid> <user>:<group>`
#     read    `absent` or `content <base64>`
#     folder  `closed`: only root can change where its path leads, whoever owns it
#     program `closed`: only root can change where its path leads, and what is there
#
# or with `open`, what is wrong with the path and what to do, separated by tabs. Then follows an `open` where the state's
# folder is not root's alone, or else lines `delivered <path>` of what was delivered before, each followed by an `open`
# where it is still there and others than root can change where its path leads.
. ./delivery.sh
open() {
  printf 'open\t%s\t%s\n' "$flaw" "$mend"
}

stranger=
if ! way "$state/lock"; then
  stranger=$(open)
elif [ "$1" != recover ]; then
  [ ! -e "$state/lock" ] || lock_as_it_is
elif [ -d "$state" ]; then
  lock
  recover ""
fi
while IFS= read -r line; do
  path=${line#* }
  case ${line%% *} in
    look)
      if ! way "$path"; then
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
      if ! follow "$path"; then
        open
      elif [ -f "$file" ]; then
        content=$(base64 <"$file") || fail "$path cannot be read"
        # As one line.
        # shellcheck disable=SC2086
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
