/** kubelet names a static pod by the hash of its manifest, another pod by its UUID. */
const STATIC_POD = `*kubepods*pod${"[0-9a-f]".repeat(32)}*`;

/**
 * A shell function: whether the process in the folder `$1` of /proc can be a component that we have started. Its name
 * says nothing, for anybody can give it to a process. Ours are root's, outside of the pods that users of the cluster
 * make; and no program that is lent to everybody, which a link can give any name to.
 */
export const OURS = `
ours() {
  case $(cat "$1/cgroup" 2>/dev/null) in
    ${STATIC_POD}) ;;
    *kubepods*) return 1 ;;
  esac
  [ ! -u "$1/exe" ] || return 1
  while read -r key uid _; do
    [ "$key" != Uid: ] || break
  done 2>/dev/null <"$1/status"
  [ "$key $uid" = "Uid: 0" ]
}
`;
