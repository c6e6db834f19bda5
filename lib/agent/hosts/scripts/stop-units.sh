# Ends the units $@, whose files are about to go.
for unit in "$@"; do
  # 5: systemd knows no such unit, whose file somebody else removed.
  systemctl disable --quiet --now "$unit" 2>/dev/null || systemctl stop "$unit" || [ $? -eq 5 ] || exit 1
  systemctl reset-failed "$unit" 2>/dev/null || :
done
