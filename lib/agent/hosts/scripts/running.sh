# Reports what runs on the node $1: the processes whose names are in $2, and the units after it. It starts few processes,
# because it runs while the host is busy.
. ./ours.sh
node=$1
names=$2
shift 2
[ -z "$names" ] || for directory in /proc/[0-9]*; do
  read -r name < "$directory/comm" || continue
  case " $names " in
    *" $name "*) is_ours "$directory" && read -r stat < "$directory/stat" && echo "process $name $stat" ;;
  esac
done 2>/dev/null
[ -z "$names" ] || for log in /var/log/pods/kube-system_*-"$node"_*/*/*.log; do
  echo "log $log"
done
for unit in "$@"; do
  echo "unit $(systemctl show --property=ActiveState --property=InvocationID --property=NRestarts "$unit" | tr '\n' ' ')"
done
exit 0
