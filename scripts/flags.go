// Prints one line for each flag of each component: component, flag, type. The flags come from the components' own code.
//
//	go run scripts/flags.go
//
// Run it in a module that requires k8s.io/kubernetes at the wanted version, and replaces the modules of its staging folder.
package main

import (
	"fmt"

	"github.com/spf13/pflag"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app/options"
)

func show(component string, flags *pflag.FlagSet) {
	flags.VisitAll(func(flag *pflag.Flag) {
		fmt.Println(component, flag.Name, flag.Value.Type())
	})
}

func main() {
	show("kube-apiserver", apiserver.NewAPIServerCommand().Flags())
	show("kube-controller-manager", controllermanager.NewControllerManagerCommand().Flags())
	show("kube-scheduler", scheduler.NewSchedulerCommand().Flags())
	flags := pflag.NewFlagSet("kubelet", pflag.ContinueOnError)
	kubelet.NewKubeletFlags().AddFlags(flags)
	configuration, err := kubelet.NewKubeletConfiguration()
	if err != nil {
		panic(err)
	}
	kubelet.AddKubeletConfigFlags(flags, configuration)
	kubelet.AddGlobalFlags(flags)
	show("kubelet", flags)
}
