// Until its input ends, watches the ConfigMaps of the default namespace as controllers do, and prints the names in its
// cache after each change.
package main

import (
	"fmt"
	"io"
	"os"
	"sort"
	"strings"

	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
)

func main() {
	config, err := clientcmd.BuildConfigFromFlags("", os.Args[1])
	if err != nil {
		panic(err)
	}
	client := kubernetes.NewForConfigOrDie(config)
	factory := informers.NewSharedInformerFactoryWithOptions(client, 0, informers.WithNamespace("default"))
	informer := factory.Core().V1().ConfigMaps().Informer()
	print := func(any) {
		names := informer.GetStore().ListKeys()
		sort.Strings(names)
		fmt.Println(strings.ReplaceAll(strings.Join(names, " "), "default/", ""))
	}
	informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    print,
		UpdateFunc: func(_, now any) { print(now) },
		DeleteFunc: print,
	})
	ended := make(chan struct{})
	factory.Start(ended)
	io.Copy(io.Discard, os.Stdin)
	close(ended)
}
