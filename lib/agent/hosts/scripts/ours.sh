# kubelet names a static pod by the hash of its manifest, another pod by its UUID.
_hash='[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]'
_hash=$_hash$_hash$_hash$_hash

# Whether the process in the folder $1 of /proc can be a component that we have started. Its name proves nothing, for
# anybody can give it to a process. Ours are root's and outside of the pods that users of the cluster make. A setuid
# program is not ours: a link can give it any name.
ours() {
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
