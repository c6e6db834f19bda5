# Pulls the image $2 within $3 seconds. $1 is the socket of the container runtime. crictl is preferred: with it, containerd
# pulls the image with its own mirrors, credentials and proxy. An old ctr pulls the image itself, so it gets the proxy of
# containerd's service and the directory of registries from containerd's configuration.
exec </dev/null >/dev/null
socket=$1
image=$2
limit=$3

limited() {
  if command -v timeout >/dev/null; then timeout "$limit" "$@"; else "$@"; fi
}

registry_hosts() {
  containerd config dump 2>/dev/null | while read -r key _ value; do
    value=${value#[\"\']}
    value=${value%[\"\']}
    value=${value%%:*}
    if [ "$key" = config_path ] && [ -d "$value" ]; then
      echo "$value"
      break
    fi
  done
}

proxy() {
  pid=$(systemctl show containerd.service -p MainPID 2>/dev/null)
  tr '\0' '\n' 2>/dev/null <"/proc/${pid#MainPID=}/environ" | while read -r variable; do
    case $variable in
      http_proxy=* | https_proxy=* | no_proxy=* | HTTP_PROXY=* | HTTPS_PROXY=* | NO_PROXY=*) echo "$variable" ;;
    esac
  done
}

if command -v crictl >/dev/null; then
  limited crictl --runtime-endpoint "unix://$socket" --image-endpoint "unix://$socket" pull "$image"
else
  hosts=$(registry_hosts)
  IFS='
'
  set -f
  # Exported, because everybody can see arguments, and the URL of a proxy may contain a password.
  for variable in $(proxy); do export "${variable?}"; done
  limited ctr --address "$socket" --namespace k8s.io images pull ${hosts:+"--hosts-dir=$hosts"} "$image"
fi
