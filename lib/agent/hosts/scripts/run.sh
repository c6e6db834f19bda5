# Runs the script $3 with the arguments after it, in English and with the folders on the PATH that a login without a
# terminal lacks. $1 is written before all that the script writes: a login shell may greet, on standard output too. $2 is
# written at the end of standard error where the script itself ended with 255, which ssh also uses for its own failures.
export LC_ALL=C PATH="${PATH:+$PATH:}/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin"
own_255=$2
script=$3
printf %s "$1"
shift 3
(eval "$script")
status=$?
[ "$status" -ne 255 ] || printf %s "$own_255" >&2
exit "$status"
