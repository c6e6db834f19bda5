# Prints which of the fingerprints $@ wait already. What is not wanted any more goes.
. ./binaries.sh
[ -d "$folder" ] || exit 0
lead_to "$folder/binary"
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
