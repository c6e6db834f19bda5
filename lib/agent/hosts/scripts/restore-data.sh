# Makes etcd's data in the folder $1 from the snapshot $2, and then writes the token $4 into the file $3. A program, with its
# arguments from $8 on, makes the data in $1/restored; without one, the static pod with the manifest $5 does that, which comes
# from standard input. $6 is its name on this node, and $7 how many half seconds it may take. It says in its log that it is done.
. ./safe-path.sh
data=$1
snapshot=$2
mark=$3
token=$4
manifest=$5
pod=$6
patience=$7
shift 7
umask 077
fail() {
  rm -rf "$data/restored"
  [ -z "$manifest" ] || rm -f "$manifest"
  echo "$1" >&2
  exit 1
}
make=yes
require_safe "$snapshot"
require_safe "$mark"
is_safe_folder "$data" || refuse "$data"
mkdir -p "$data" || exit 1
rm -rf "$data/restored"
[ ! -e "$data/member" ] || fail "$data has data of etcd"
if [ $# -gt 0 ]; then
  said=$("$@" 2>&1) || fail "$said"
else
  require_safe "$manifest"
  draft=${manifest%/*}/.${manifest##*/}
  { cat >"$draft" && mv -f "$draft" "$manifest"; } || fail "the manifest of the pod could not be written"
  state="did not start"
  for waited in $(seq "$patience"); do
    for log in /var/log/pods/kube-system_"$pod"_*/etcdutl/*.log; do
      [ -f "$log" ] || continue
      state="did not end"
      grep -q 'restored snapshot' "$log" && state="done" && break 2
      ! grep -q 'Error: ' "$log" || fail "$(tail -n 3 "$log" | cut -c -400)"
    done
    # A pod whose image is there starts within seconds.
    [ "$state" = "did not end" ] || [ "$waited" -lt 360 ] || break
    sleep 0.5
  done
  [ "$state" = "done" ] || fail "the static pod $pod $state: \`journalctl -u kubelet\` on the host says why"
  rm -f "$manifest"
fi
[ -d "$data/restored/member" ] || fail "no data were made"
sync
mv -T "$data/restored/member" "$data/member" || fail "the data could not be moved into $data"
rm -rf "$data/restored" "$snapshot"
echo "$token" >"$mark"
sync
