# Gives the ownership of etcd's data in $1 to $2, the user of the unit $3. The unit is stopped first, and meanwhile only root
# can enter the folder. A file with a second hard link is refused, because the other name would get the new owner, too.
. ./safe-path.sh
is_safe_folder "$1" || refuse "$1"
[ -d "$1/member" ] || exit 0
[ "$(stat -c %U "$1/member")" != "$2" ] || exit 0
systemctl stop "$3" 2>/dev/null
chown root: "$1" && chmod 0700 "$1" || exit 1
linked=$(find "$1" -type f -links +1 | head -n 1)
if [ -n "$linked" ]; then
  echo "$linked has another hard link elsewhere: remove that link, or replace the file with a copy" >&2
  exit 1
fi
chown -R -h "$2:" "$1"
