# The id of a static pod is the hash of its manifest (without dashes); the id of another pod is a UUID.
_hash='[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]'
_hash=$_hash$_hash$_hash$_hash

# Whether the process with the folder $1 in /proc can be a component of this cluster. Its name proves nothing, because any
# process can have any name. A component runs as root, outside the pods of the cluster's users. A setuid program is never a
# component: a link can give it any name.
is_ours() {
  case $(cat "$1/cgroup" 2>/dev/null) in
    *kubepods*pod$_hash*) ;;
    *kubepods*) return 1 ;;
  esac
  [ ! -u "$1/exe" ] || return 1
  while read -r key uid _; do
    [ "$key" != Uid: ] || break
  done 2>/dev/null <"$1/status"
  [ "$key $uid" = "Uid: 0" ]
}
