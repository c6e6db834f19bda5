# Reports the state of binaries on a host. $1 is how many of the first bytes are wanted. Then follow two arguments for each
# binary: its path, and `version` if it is to be asked for its version.
. ./inquiry.sh
bytes=$1
shift
while [ $# -gt 0 ]; do
  if [ -f "$1" ]; then
    executable=
    if [ -x "$1" ]; then executable=yes; fi
    said=
    if [ -n "$executable" ] && [ "$2" = version ]; then said=$(limited "$1" --version 2>&1); fi
    fact binary "$1" "$executable" "$(head -c "$bytes" "$1" | base64)" "$said"
  fi
  shift 2
done
