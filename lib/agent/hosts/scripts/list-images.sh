# Prints the images of a container runtime. $1 is its socket.
. ./inquiry.sh
. ./image-list.sh
socket=$1
list_images
