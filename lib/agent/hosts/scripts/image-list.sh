# Functions that list the images of the container runtime at $socket. The name of the fact says which program answered,
# because ctr and crictl use different formats.
on_containerd() {
  # shellcheck disable=SC2154 # the script that includes this one sets it
  limited ctr --address "$socket" --namespace k8s.io "$@"
}

list_images() {
  if command -v ctr >/dev/null && images=$(on_containerd images ls -q 2>/dev/null); then
    fact ctr-images "$images"
  elif command -v crictl >/dev/null; then
    fact crictl-images "$(limited crictl --runtime-endpoint "unix://$socket" --image-endpoint "unix://$socket" images -o json 2>/dev/null)"
  fi
}
