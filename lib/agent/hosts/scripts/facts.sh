# Reports the state of a host before anything is done on it. $1 is the socket of the container runtime, $2 etcd's data
# folder, $3 the kubelet program, $4 the folder of CNI plugins. Then follow the folders whose file systems are examined.
. ./inquiry.sh
. ./image-list.sh
. ./ours.sh
. ./safe-path.sh

listening() {
  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | only ' 0A ' |
    while read -r _ local _ state _ _ _ _ _ inode _; do
      if [ "$state" = 0A ]; then echo "${local##*:} $inode"; fi
    done
}

owners() {
  # Only ls shows the targets of all links in one process.
  # shellcheck disable=SC2012
  ls -l /proc/[0-9]*/fd 2>/dev/null | only -e '^/proc' -e 'socket:' |
    while read -r line; do
      case $line in
        /proc/*/fd:) process=${line%/fd:} ;;
        *'socket:['*)
          inode=${line##*'socket:['}
          inode=${inode%]}
          case " $1 " in
            *" $inode "*)
              if read -r name 2>/dev/null <"$process/comm"; then
                foreign=!
                ! is_ours "$process" || foreign=
                echo "$inode ${process#/proc/}$foreign $name"
              fi ;;
          esac ;;
      esac
    done
}

local_addresses() {
  only -e '|--' -e 'host LOCAL' </proc/net/fib_trie |
    while read -r first second third; do
      case "$first $second $third" in
        '|-- '*) address=$second ;;
        '/32 host LOCAL') echo "$address" ;;
      esac
    done
}

existing() {
  path=$1
  while [ -n "$path" ] && [ ! -e "$path" ]; do path=${path%/*}; done
  echo "${path:-/}"
}

fact began "$(date +%s)"
socket=$1
etcd=$2
program=$3
plugins=$4
shift 4
fact machine-id "$(cat /etc/machine-id 2>/dev/null)"
fact architecture "$(uname -m)"
fact swap "$(cat /proc/swaps 2>/dev/null)"
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then fact cgroups 2
elif [ -d /sys/fs/cgroup/memory ]; then fact cgroups 1
fi
for directory in "$@"; do
  fact file-system "$directory" "$(stat -f -c '%i %a %S %d %c' "$(existing "$directory")" 2>/dev/null)"
done

if [ -d /run/systemd/system ]; then
  fact kubelet-unit "$(systemctl show kubelet.service -p LoadState -p UnitFileState -p ActiveState 2>/dev/null)"
fi
if [ ! -x "$program" ]; then program=$(command -v kubelet); fi
if [ -n "$program" ]; then
  if is_safe_program "$program"; then
    fact kubelet "$program" "$(limited "$program" --version 2>&1)"
  else
    fact kubelet "$program" '' "$flaw" "$remedy"
  fi
fi

fact sockets "$(for path in "$socket" /run/containerd/containerd.sock /run/crio/crio.sock /run/cri-dockerd.sock; do
  if [ -S "$path" ]; then echo "$path"; fi
done)"
if command -v containerd >/dev/null; then
  fact containerd "$(limited containerd --version 2>/dev/null)" "$(limited containerd config dump 2>/dev/null)"
fi
if [ -S "$socket" ]; then
  if command -v ctr >/dev/null; then
    fact ctr "$(on_containerd version 2>/dev/null)" "$(on_containerd plugins ls 2>/dev/null)"
  fi
  list_images
fi
fact cni-plugins "$(for path in "$plugins"/*; do
  if [ -f "$path" ] && [ -x "$path" ]; then echo "${path##*/}"; fi
done)"

sockets=$(listening)
fact listening "$sockets"
fact owners "$(owners "$(echo "$sockets" | while read -r _ inode; do printf '%s ' "$inode"; done)")"
if [ -r /proc/net/fib_trie ]; then
  fact addresses "$(local_addresses)" "$(cat /proc/net/if_inet6 2>/dev/null)"
fi
if [ -n "$etcd" ] && [ -d "$etcd/member" ]; then fact etcd-member; fi
fact finished "$(date +%s)"
