# Moves binaries into their places: for each a fingerprint and a path. Whoever runs the old one goes on with it.
. ./binaries.sh
# All, before the first is placed.
check() {
  while [ $# -gt 0 ]; do
    lead_to "$2"
    shift 2
  done
}
lead_to "$folder/binary"
check "$@"
make=yes
while [ $# -gt 0 ]; do
  staged=$folder/$1
  path=$2
  new=${path%/*}/.${path##*/}.new
  shift 2
  lead_to "$path"
  # Where it waits no more, all but its mode and owner is right already.
  [ -f "$staged" ] || staged=$path
  rm -f "$new"
  if ! { cat "$staged" >"$new" && chown 0:0 "$new" && chmod 0755 "$new" && mv -f "$new" "$path"; }; then
    rm -f "$new"
    echo "$path cannot be written" >&2
    exit 1
  fi
done
rm -rf "$folder"
sync
