# Says who this is. Exit code 0: root. 1: who may become root by the words $@. 2: somebody else, and there are no such
# words. 3: somebody whom they do not make root. Only a whole shell counts.
id -un
[ "$(id -u)" != 0 ] || exit 0
[ $# -gt 0 ] || exit 2
! "$@" sh -c : || exit 1
exit 3
