# Runs ssh, the words after the folder $1. Ends it, and removes the folder, when our end of standard input is closed: also
# when this process is killed in a way that it cannot notice. The shell gives its own output away, so that the end of
# standard error is ssh's end; standard output ssh itself closes when it is ready.
folder=$1
shift
"$@" </dev/null &
exec >/dev/null 2>&1
read -r _
kill "$!"
wait "$!"
rm -rf "$folder"
