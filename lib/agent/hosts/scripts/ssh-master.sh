# Runs ssh, whose command follows the folder $1. Ends ssh and removes the folder when the agent closes its end of standard
# input, which also happens if the agent is killed with SIGKILL. The shell closes its own output, so that standard error
# ends when ssh ends. ssh itself closes standard output when it is ready.
folder=$1
shift
"$@" </dev/null &
exec >/dev/null 2>&1
read -r _
kill "$!"
wait "$!"
rm -rf "$folder"
