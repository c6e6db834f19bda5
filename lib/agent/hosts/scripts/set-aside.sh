# Stops etcd on a host, and then renames its data in the folder $1. kubelet stops a pod when its manifest $2 is removed. A
# unit $3 is stopped, and its stamp $4 is removed so that the next run starts it again. The folder may belong to etcd's user,
# who must not be able to redirect the data into another folder.
. ./safe-path.sh
. ./ours.sh
set -e
for path in "$2" "$4"; do
  [ -z "$path" ] || require_safe "$path"
done
is_safe_folder "$1" || refuse "$1"
[ -z "$2" ] || rm -f "$2"
if [ -n "$3" ]; then
  systemctl stop "$3" 2>/dev/null || ! systemctl is-active --quiet "$3"
  rm -f "$4"
fi
for _ in $(seq 300); do
  running=
  for directory in /proc/[0-9]*; do
    read -r name < "$directory/comm" && [ "$name" = etcd ] && is_ours "$directory" && running=yes
  done 2>/dev/null
  [ -n "$running" ] || break
  sleep 0.2
done
[ -z "$running" ]
aside=$1/member.$(date +%Y%m%dT%H%M%S)
mv -T "$1/member" "$aside"
echo "$aside"
