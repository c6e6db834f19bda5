# Imports an image archive from standard input. $1 is the socket of containerd. $2 is `gzip` for a compressed archive, which
# an old ctr cannot read.
socket=$1
import() {
  ctr --address "$socket" --namespace k8s.io images import - >/dev/null
}
if [ "$2" != gzip ]; then
  import
elif command -v gzip >/dev/null; then
  gzip -dc | import
else
  echo "gzip is not installed" >&2
  exit 1
fi
