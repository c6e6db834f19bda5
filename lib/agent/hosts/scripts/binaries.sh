# What every script about binaries begins with: $1 is a folder that all paths are in (tests), $2 the folder in it where
# binaries wait for their node's turn, by their fingerprints.
. ./safe-path.sh
root=$1
# shellcheck disable=SC2034 # it is for the scripts that begin with this one
folder=$1$2
shift 2
