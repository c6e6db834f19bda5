# Reads a binary from standard input. $1 is its SHA-256, which becomes its name when all of it has arrived.
. ./binaries.sh
make=yes
require_safe "$folder/binary"
chmod 700 "${folder%/*}" || exit 1
umask 077
new=$folder/.$1.$$
trap 'rm -f "$new"' EXIT
cat >"$new" || exit 1
sum=$(sha256sum <"$new")
if [ "${sum%% *}" != "$1" ]; then
  echo "the received file has another SHA-256 than the file that was sent" >&2
  exit 1
fi
chmod 0700 "$new" && { sync "$new" 2>/dev/null || sync; } && mv -f "$new" "$folder/$1"
