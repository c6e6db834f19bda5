set -e
command -v iptables >/dev/null || { echo "iptables is not there: install it" >&2; exit 1; }
# Without it services do not answer pods of the same node; where it is built in there is nothing to load.
[ -e /proc/sys/net/bridge ] || modprobe br_netfilter
for switch in ipv4/ip_forward ipv6/conf/all/forwarding bridge/bridge-nf-call-iptables; do
  [ ! -e /proc/sys/net/$switch ] || echo 1 > /proc/sys/net/$switch
done
wanted=' '
while read -r word to via; do
  case $to in
    *:*) family=-6 tables=ip6tables ;;
    *) family=-4 tables=iptables ;;
  esac
  case $word in
    route)
      ip $family route replace "$to" via "$via" proto 157
      wanted="$wanted$to " ;;
    pods)
      rule="POSTROUTING -s $to ! -d $to -j MASQUERADE"
      # shellcheck disable=SC2086 # the words of a rule
      $tables -t nat -C $rule 2>/dev/null || $tables -t nat -A $rule ;;
  esac
done <<'END'
END
for family in -4 -6; do
  ip $family route show proto 157 | while read -r to _; do
    case $wanted in
      *" $to "*) ;;
      *) ip $family route delete "$to" proto 157 ;;
    esac
  done
done
