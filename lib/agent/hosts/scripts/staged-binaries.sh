# Prints which binaries of $@ (by SHA-256) are staged already. Removes staged files that are not in $@.
. ./binaries.sh
[ -d "$folder" ] || exit 0
require_safe "$folder/binary"
for path in "$folder"/* "$folder"/.[!.]*; do
  [ -f "$path" ] || continue
  case " $* " in
    *" ${path##*/} "*)
      sum=$(sha256sum <"$path")
      if [ "${sum%% *}" = "${path##*/}" ]; then
        echo "${path##*/}"
        continue
      fi ;;
  esac
  rm -f "$path"
done
