# Reads a tar archive and puts its files in their places. $1 is the id of the delivery. Once everything is received, a lost
# connection no longer interrupts the delivery.
. ./delivery.sh
staging=$state/staging.$1
make=yes
require_safe "$staging"
make=
trap 'discard "$staging"' EXIT
{ chmod 700 "$state" && mkdir -p "$staging"; } || fail "$staging cannot be created"
tar -xf - -C "$staging" || fail "the archive with the files could not be unpacked"
[ -e "$staging/complete" ] || fail "the archive with the files is incomplete"
trap '' HUP INT TERM PIPE
lock
recover "$staging"

check "$staging" || refuse "$path"
make=yes
while read -r verb number mode owner && IFS= read -r path; do
  [ "$verb" = place ] || continue
  set_new "$1"
  [ ! -d "$path" ] || fail "$path is a folder"
  require_safe "$path"
  # A new file gets the security label of its folder; a moved one would keep another label.
  { cat "$staging/$number" >"$new" && chown "$owner" "$new" && chmod "$mode" "$new" && flush "$new"; } ||
    fail "$path cannot be written"
done <"$staging/list"
flush "$staging/list" "$staging/delivered"
mv "$staging" "$state/ready.$1" || fail "$state cannot be written"
finish "$state/ready.$1"
