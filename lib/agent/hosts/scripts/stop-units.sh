# Stops and disables the units $@, whose files are about to be removed.
for unit in "$@"; do
  # 5: systemd does not know the unit, because somebody else removed its file.
  systemctl disable --quiet --now "$unit" 2>/dev/null || systemctl stop "$unit" || [ $? -eq 5 ] || exit 1
  systemctl reset-failed "$unit" 2>/dev/null || :
done
