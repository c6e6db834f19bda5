# Creates the users $@ that do not exist, as system users, each with a group of the same name.
for user in "$@"; do
  ! id -u "$user" >/dev/null 2>&1 || continue
  group=--user-group
  ! getent group "$user" >/dev/null 2>&1 || group=--gid=$user
  useradd --system --no-create-home --shell /usr/sbin/nologin "$group" "$user" || exit 1
done
