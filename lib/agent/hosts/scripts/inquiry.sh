# The common beginning of the scripts that report facts about a host. The programs that they run must not read standard
# input.
exec </dev/null

# Prints a line with a name and values. The values are in base64, because file names and program output may contain anything.
fact() {
  printf '%s' "$1"
  shift
  for value in "$@"; do
    printf ' %s' "$(printf '%s' "$value" | base64 | tr -d '\n')"
  done
  printf '\n'
}

# Filters lines if there is a grep. This only shortens the input: a host with busybox may lack grep.
only() {
  if command -v grep >/dev/null; then grep "$@"; else cat; fi
}

limited() {
  if command -v timeout >/dev/null; then timeout 10 "$@"; else "$@"; fi
}
