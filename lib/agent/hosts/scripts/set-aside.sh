# Ends the etcd of a host, and puts the data in $1 beside their place. Without its manifest $2 kubelet ends it; without its
# stamp $4 the next run starts the unit $3. Only then may its data go. The folder of the data may be that of etcd's user,
# who must not have them put into another.
. ./safe-path.sh
. ./ours.sh
set -e
for path in "$2" "$4"; do
  [ -z "$path" ] || lead_to "$path"
done
way_to_folder "$1" || refuse "$1"
[ -z "$2" ] || rm -f "$2"
if [ -n "$3" ]; then
  systemctl stop "$3" 2>/dev/null || ! systemctl is-active --quiet "$3"
  rm -f "$4"
fi
for _ in $(seq 300); do
  running=
  for directory in /proc/[0-9]*; do
    read -r name < "$directory/comm" && [ "$name" = etcd ] && ours "$directory" && running=yes
  done 2>/dev/null
  [ -n "$running" ] || break
  sleep 0.2
done
[ -z "$running" ]
aside=$1/member.$(date +%Y%m%dT%H%M%S)
mv -T "$1/member" "$aside"
echo "$aside"
