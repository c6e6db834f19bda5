# Print what a container runtime has. They want the variable $socket, and say with which program they asked: the two
# differ in how they answer.
on_containerd() {
  # shellcheck disable=SC2154 # whoever begins with this script sets it
  limited ctr --address "$socket" --namespace k8s.io "$@"
}

list_images() {
  if command -v ctr >/dev/null && images=$(on_containerd images ls -q 2>/dev/null); then
    fact ctr-images "$images"
  elif command -v crictl >/dev/null; then
    fact crictl-images "$(limited crictl --runtime-endpoint "unix://$socket" --image-endpoint "unix://$socket" images -o json 2>/dev/null)"
  fi
}
