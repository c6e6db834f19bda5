# Reports what a host has for an endpoint. $1 and $2 are the programs haproxy and keepalived. $3, $4 and $5 are the virtual
# IP, its port and our own keepalived configuration; all three are empty without a virtual IP.
. ./inquiry.sh
. ./ours.sh

briefly() {
  if command -v timeout >/dev/null; then timeout 2 "$@"; else "$@"; fi
}

configurations() {
  for path in /etc/keepalived/*.conf /etc/keepalived/*/*.conf; do
    if [ -f "$path" ]; then echo "$path"; fi
  done
  for process in /proc/[0-9]*; do
    { read -r name 2>/dev/null <"$process/comm" && [ "$name" = keepalived ] && is_ours "$process"; } || continue
    tr '\0' '\n' <"$process/cmdline" 2>/dev/null | while IFS= read -r word; do
      case $word in
        --use-file=*) echo "${word#--use-file=}" ;;
        /*.conf) echo "$word" ;;
      esac
    done
  done
}

if [ -x "$1" ]; then fact haproxy "$(limited "$1" -v 2>&1)"; fi
if [ -n "$3" ]; then
  if [ -x "$2" ]; then fact keepalived "$(limited "$2" --version 2>&1)"; fi
  if command -v bash >/dev/null; then fact bash; fi
  if command -v ip >/dev/null; then
    fact links "$(ip -oneline link show 2>/dev/null)"
    fact addresses "$(ip -oneline address show 2>/dev/null)"
  fi
  configurations | sort -u | while IFS= read -r path; do
    if [ "$path" != "$5" ] && [ -f "$path" ]; then
      fact router-ids "$path" "$(only virtual_router_id <"$path")"
    fi
  done
  # A cached entry only says who had the address before, not who has it now.
  if command -v ip >/dev/null; then
    ip neighbour flush to "$3" >/dev/null 2>&1 || true
  fi
  if command -v bash >/dev/null; then
    # shellcheck disable=SC2016 # the inner bash expands them
    fact connected "$(briefly bash -c 'exec 3<>"/dev/tcp/$0/$1" && echo yes' "$3" "$4" 2>&1)"
  fi
  if command -v ip >/dev/null; then
    fact neighbour "$(ip -oneline neighbour show to "$3" 2>/dev/null)"
  fi
fi
