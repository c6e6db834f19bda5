# Closes the folder $1 to everybody but root, who makes it if it is missing: kubelet would make it readable for all. A folder
# of somebody else, and one to which a link leads, stay as they are.
. ./safe-path.sh
make=yes
is_safe_folder "$1" || exit 0
[ -d "$1" ] || mkdir -m 0700 "$1" || exit 1
[ "$(stat -c %u "$1")" != 0 ] || chmod go-rwx "$1"
