# Reads a tar archive and puts its files in their places; $1 is the id of the delivery. Once all is received, nothing but
# the end of the machine ends it half way: the connection may go.
. ./delivery.sh
staging=$state/staging.$1
make=yes
lead_to "$staging"
make=
trap 'discard "$staging"' EXIT
{ chmod 700 "$state" && mkdir -p "$staging"; } || fail "$staging cannot be made"
tar -xf - -C "$staging" || fail "what was sent could not be received"
[ -e "$staging/complete" ] || fail "what was sent ended early"
trap '' HUP INT TERM PIPE
lock
recover "$staging"

check "$staging" || refuse "$path"
make=yes
while read -r verb number mode owner && IFS= read -r path; do
  [ "$verb" = place ] || continue
  beside "$1"
  [ ! -d "$path" ] || fail "$path is a folder"
  lead_to "$path"
  # A new file, not a moved one: it gets the security label of its folder.
  { cat "$staging/$number" >"$new" && chown "$owner" "$new" && chmod "$mode" "$new" && flush "$new"; } ||
    fail "$path cannot be written"
done <"$staging/list"
flush "$staging/list" "$staging/delivered"
mv "$staging" "$state/ready.$1" || fail "$state cannot be written"
finish "$state/ready.$1"
