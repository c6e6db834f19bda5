// Network connects the pods of its node, as the daemon of a pod network does: it configures the bridge that gives them
// addresses, and sets routes to the pods of all other nodes.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"time"
)

const (
	account       = "/var/run/secrets/kubernetes.io/serviceaccount/"
	configuration = "/etc/cni/net.d/10-network.conflist"
)

type nodeList struct {
	Items []struct {
		Metadata struct{ Name string }
		Spec     struct{ PodCIDR string }
		Status   struct {
			Addresses []struct{ Type, Address string }
		}
	}
}

func main() {
	for ; ; time.Sleep(time.Second) {
		if err := connect(os.Getenv("NODE_NAME")); err != nil {
			log.Print(err)
		}
	}
}

func connect(own string) error {
	nodes, err := list()
	if err != nil {
		return err
	}
	for _, node := range nodes.Items {
		subnet := node.Spec.PodCIDR
		if subnet == "" {
			continue
		}
		if node.Metadata.Name == own {
			if err := configure(subnet); err != nil {
				return err
			}
			continue
		}
		for _, address := range node.Status.Addresses {
			if address.Type != "InternalIP" {
				continue
			}
			route := exec.Command("ip", "route", "replace", subnet, "via", address.Address)
			if said, err := route.CombinedOutput(); err != nil {
				return fmt.Errorf("%v: %s", err, said)
			}
		}
	}
	return nil
}

func list() (nodes nodeList, err error) {
	token, err := os.ReadFile(account + "token")
	if err != nil {
		return nodes, err
	}
	ca, err := os.ReadFile(account + "ca.crt")
	if err != nil {
		return nodes, err
	}
	authorities := x509.NewCertPool()
	authorities.AppendCertsFromPEM(ca)
	client := http.Client{
		Timeout:   10 * time.Second,
		Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: authorities}, DisableKeepAlives: true},
	}
	server := net.JoinHostPort(os.Getenv("KUBERNETES_SERVICE_HOST"), os.Getenv("KUBERNETES_SERVICE_PORT"))
	request, err := http.NewRequest("GET", "https://"+server+"/api/v1/nodes", nil)
	if err != nil {
		return nodes, err
	}
	request.Header.Set("Authorization", "Bearer "+string(token))
	response, err := client.Do(request)
	if err != nil {
		return nodes, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nodes, fmt.Errorf("the API server answered %s", response.Status)
	}
	return nodes, json.NewDecoder(response.Body).Decode(&nodes)
}

// The configuration appears at once, because the runtime reads it as soon as it is there.
func configure(subnet string) error {
	if _, err := os.Stat(configuration); err == nil {
		return nil
	}
	text := fmt.Sprintf(`{"cniVersion":"1.0.0","name":"network","plugins":[{"type":"bridge","bridge":"cni0",`+
		`"isDefaultGateway":true,"hairpinMode":true,"ipam":{"type":"host-local","ranges":[[{"subnet":%q}]]}}]}`, subnet)
	if err := os.WriteFile(configuration+".new", []byte(text), 0o600); err != nil {
		return err
	}
	return os.Rename(configuration+".new", configuration)
}
