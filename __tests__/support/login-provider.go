// A provider that logs in as those for Kubernetes and Helm do: with a key as a value, or with that of a command. Its
// resource shows the hash of the key, which proves that the provider has it.
package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os/exec"

	"github.com/hashicorp/terraform/helper/schema"
	"github.com/hashicorp/terraform/plugin"
	"github.com/hashicorp/terraform/terraform"
)

func main() {
	plugin.Serve(&plugin.ServeOpts{ProviderFunc: provider})
}

func text() *schema.Schema { return &schema.Schema{Type: schema.TypeString, Optional: true} }

func provider() terraform.ResourceProvider {
	return &schema.Provider{
		Schema: map[string]*schema.Schema{
			"host":                   text(),
			"cluster_ca_certificate": text(),
			"client_certificate":     text(),
			"client_key":             text(),
			"exec": {Type: schema.TypeList, Optional: true, MaxItems: 1, Elem: &schema.Resource{Schema: map[string]*schema.Schema{
				"api_version": text(),
				"command":     text(),
				"args":        {Type: schema.TypeList, Optional: true, Elem: &schema.Schema{Type: schema.TypeString}},
			}}},
		},
		ConfigureFunc: func(data *schema.ResourceData) (interface{}, error) { return data, nil },
		ResourcesMap: map[string]*schema.Resource{"login_session": {
			Schema: map[string]*schema.Schema{
				"note":       {Type: schema.TypeString, Optional: true, ForceNew: true},
				"host":       {Type: schema.TypeString, Computed: true},
				"ca":         {Type: schema.TypeString, Computed: true},
				"key_sha256": {Type: schema.TypeString, Computed: true},
			},
			Create: logIn,
			Read:   func(*schema.ResourceData, interface{}) error { return nil },
			Delete: func(*schema.ResourceData, interface{}) error { return nil },
		}},
	}
}

func logIn(data *schema.ResourceData, configuration interface{}) error {
	own := configuration.(*schema.ResourceData)
	key, err := keyOf(own)
	if err != nil {
		return err
	}
	data.SetId("session")
	data.Set("host", own.Get("host"))
	data.Set("ca", own.Get("cluster_ca_certificate"))
	return data.Set("key_sha256", fmt.Sprintf("%x", sha256.Sum256([]byte(key))))
}

func keyOf(own *schema.ResourceData) (string, error) {
	command := own.Get("exec.0.command").(string)
	if command == "" {
		return own.Get("client_key").(string), nil
	}
	args := []string{}
	for _, each := range own.Get("exec.0.args").([]interface{}) {
		args = append(args, each.(string))
	}
	output, err := exec.Command(command, args...).Output()
	if err != nil {
		return "", err
	}
	credential := struct {
		Status struct{ ClientKeyData string }
	}{}
	err = json.Unmarshal(output, &credential)
	return credential.Status.ClientKeyData, err
}
