// Says of itself that it is of an old release.
package main

import "fmt"

func main() {
	fmt.Println("Kubernetes v1.31.0")
}
