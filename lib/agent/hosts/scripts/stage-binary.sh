# Reads a binary; $1 is its fingerprint. It gets its name when all of it has come.
. ./binaries.sh
make=yes
lead_to "$folder/binary"
chmod 700 "${folder%/*}" || exit 1
umask 077
new=$folder/.$1.$$
trap 'rm -f "$new"' EXIT
cat >"$new" || exit 1
sum=$(sha256sum <"$new")
if [ "${sum%% *}" != "$1" ]; then
  echo "what arrived is not what was sent" >&2
  exit 1
fi
chmod 0700 "$new" && { sync "$new" 2>/dev/null || sync; } && mv -f "$new" "$folder/$1"
