# The common beginning of the scripts for binaries. $1 is a folder in which all paths are (for tests), $2 is the folder in
# it where binaries, named by their SHA-256, wait for their node's turn.
. ./safe-path.sh
root=$1
# shellcheck disable=SC2034 # used by the scripts that include this one
folder=$1$2
shift 2
