# Runs the script $3 with the arguments after it, in English, with a PATH that includes the folders that a login without a
# terminal lacks. $1 is printed before the output of the script, because a login shell may have printed a greeting. $2 is
# printed at the end of standard error if the script itself ended with 255, which ssh also uses for its own failures.
export LC_ALL=C PATH="${PATH:+$PATH:}/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin"
own_255=$2
script=$3
printf %s "$1"
shift 3
(eval "$script")
status=$?
[ "$status" -ne 255 ] || printf %s "$own_255" >&2
exit "$status"
