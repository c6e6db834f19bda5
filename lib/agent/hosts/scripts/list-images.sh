# Prints the images that a container runtime has; $1 is its socket.
. ./inquiry.sh
. ./image-list.sh
socket=$1
list_images
