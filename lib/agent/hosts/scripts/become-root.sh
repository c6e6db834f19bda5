# Prints the name of this user. The arguments are the command for becoming root (sudo), if any. Exit codes: 0 this user is
# root; 1 the command can start a shell as root; 2 not root, and no command was given; 3 the command fails.
id -un
[ "$(id -u)" != 0 ] || exit 0
[ $# -gt 0 ] || exit 2
! "$@" sh -c : || exit 1
exit 3
