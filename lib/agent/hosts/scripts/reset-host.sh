# Stops the node's components on a host and removes the files that were delivered. $1 is the socket of the container runtime,
# $2 etcd's data folder, $3 what happens to the data (kept, aside, removed); $4 is not empty if the node has a kubelet.
# Exit code 5: nothing was ever delivered to this host.
. ./safe-path.sh
if [ -e "$NODE_STATE_DIR" ] || [ -L "$NODE_STATE_DIR" ]; then
  require_safe "$NODE_STATE_DIR/delivered"
fi

# If nothing was delivered, the host may belong to another cluster, so only our staged files are removed: a refused rollout
# may have reached it by mistake.
touched=
for trace in "$NODE_STATE_DIR/delivered" "$NODE_STATE_DIR"/ready.*; do
  [ ! -e "$trace" ] || touched=yes
done
if [ -z "$touched" ]; then
  rm -rf "$NODE_STATE_DIR"
  exit 5
fi

# Checks all paths that are removed below, before anything is changed.
for path in "$BOOTSTRAP_KUBECONFIG" "$MANIFESTS_DIR/manifest"; do
  require_safe "$path"
done
if [ -f "$NODE_STATE_DIR/delivered" ]; then
  while IFS= read -r path; do
    { [ ! -e "$path" ] && [ ! -L "$path" ]; } || require_safe "$path"
  done < "$NODE_STATE_DIR/delivered"
fi
[ -z "$4" ] || require_safe "$KUBELET_DIR/pods"
[ -z "$2" ] || [ "$3" = kept ] || is_safe_folder "$2" || refuse "$2"

units=
if [ -f "$NODE_STATE_DIR/delivered" ]; then
  while IFS= read -r path; do
    case $path in
      "$UNITS_DIR"/*/*) ;;
      "$UNITS_DIR"/*.service) units="$units ${path##*/}" ;;
    esac
  done < "$NODE_STATE_DIR/delivered"
fi
for unit in ${4:+"$KUBELET_UNIT"} $units; do
  systemctl cat "$unit" >/dev/null 2>&1 || continue
  systemctl disable --quiet --now "$unit" 2>/dev/null || systemctl stop "$unit" || exit 1
done

# Removes a folder and the folders above it as long as they are empty, but none that operating systems have by default.
prune() {
  folder=$1
  while [ -n "$folder" ]; do
    case $folder in
      /etc | /etc/default | /etc/sysconfig | /etc/systemd | "$UNITS_DIR") return ;;
      /opt | /opt/bin | /usr | /usr/bin | /usr/sbin | /var | /var/lib | /var/log) return ;;
      /usr/local | /usr/local/bin | /usr/local/sbin | /usr/local/lib | /usr/local/etc | /usr/local/share) return ;;
      /*/*) ;;
      # Folders directly below the root belong to the operating system, even empty ones such as /srv.
      *) return ;;
    esac
    rmdir -- "$folder" 2>/dev/null || return
    folder=${folder%/*}
  done
}

# All pods of the runtime are the node's: other containers are in other namespaces of the runtime.
if [ -n "$4" ] && [ -S "$1" ]; then
  if command -v crictl >/dev/null; then
    crictl --runtime-endpoint "unix://$1" rmp --all --force >/dev/null 2>&1
  elif command -v ctr >/dev/null; then
    ctr="ctr --address $1 --namespace k8s.io"
    for container in $($ctr tasks ls -q 2>/dev/null); do
      $ctr tasks kill --signal SIGKILL --all "$container" >/dev/null 2>&1
    done
    for _ in 1 2 3 4 5 6 7 8 9 10; do
      [ -n "$($ctr containers ls -q 2>/dev/null)" ] || break
      for container in $($ctr containers ls -q); do
        $ctr tasks delete --force "$container" >/dev/null 2>&1
        $ctr containers delete "$container" >/dev/null 2>&1
      done
    done
  fi
fi

[ -z "$4" ] || while read -r _ mount _; do
  case $mount in
    "$KUBELET_DIR"/*|/run/netns/cni-*|/var/run/netns/cni-*) umount -l "$mount" 2>/dev/null ;;
  esac
done < /proc/mounts
[ -z "$4" ] || rm -f /run/netns/cni-*
if [ -n "$4" ] && command -v ip >/dev/null; then
  ip link delete cni0 2>/dev/null
  ip route flush proto 157 2>/dev/null
  ip -6 route flush proto 157 2>/dev/null
fi
[ -z "$4" ] || rm -rf /var/lib/cni/networks /var/lib/cni/cache

if [ -f "$NODE_STATE_DIR/delivered" ]; then
  while IFS= read -r path; do
    case $path in
      # The folder stays: containerd watches it and would not notice a new one.
      /etc/cni/net.d/*) ! is_safe "$path" || rm -f -- "$path" ;;
      # The check passed, so if the path is not safe now, nothing existed there before.
      /*) is_safe "$path" && rm -f -- "$path" && prune "${path%/*}" ;;
    esac
  done < "$NODE_STATE_DIR/delivered"
fi
rm -f "$BOOTSTRAP_KUBECONFIG"
prune "$MANIFESTS_DIR"
# Stops if anything is still mounted there: it may be a user's data, even from the same file system.
[ -z "$4" ] || while read -r _ mount _; do
  case $mount in
    "$KUBELET_DIR"/*) echo "$mount is still mounted" >&2; exit 1 ;;
  esac
done < /proc/mounts
# Folders in there belong to users of pods, so only root may enter while they are removed.
empty() {
  mode=$(stat -c %a "$1") && chmod 0700 "$1" && find "$1" -xdev -mindepth 1 -delete
  chmod "$mode" "$1"
}
[ -z "$4" ] || [ ! -d "$KUBELET_DIR" ] || empty "$KUBELET_DIR"

case $3 in
  removed)
    if [ -n "$2" ] && [ -d "$2" ]; then
      # The folder belongs to etcd's user, who must not enter it meanwhile.
      owner=$(stat -c %u:%g "$2") && mode=$(stat -c %a "$2") && chown root: "$2" && chmod 0700 "$2" &&
        rm -rf -- "$2/member" "$2"/member.[0-9]*T[0-9]*
      chown "$owner" "$2" && chmod "$mode" "$2"
    fi ;;
  aside)
    if [ -n "$2" ] && [ -d "$2/member" ]; then
      mv -T -- "$2/member" "$2/member.$(date +%Y%m%dT%H%M%S)" || exit 1
    fi ;;
esac
# This comes last: as long as the state folder exists, the next run goes on if this one is killed.
rm -rf "$NODE_STATE_DIR"
systemctl daemon-reload
exit 0
