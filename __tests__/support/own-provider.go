// A provider like those of users: its resource can be updated in place, replaced and imported.
package main

import (
	"os"

	"github.com/hashicorp/terraform/helper/schema"
	"github.com/hashicorp/terraform/plugin"
	"github.com/hashicorp/terraform/terraform"
)

func main() {
	plugin.Serve(&plugin.ServeOpts{ProviderFunc: provider})
}

func provider() terraform.ResourceProvider {
	return &schema.Provider{ResourcesMap: map[string]*schema.Resource{"own_machine": {
		Schema: map[string]*schema.Schema{
			"place": {Type: schema.TypeString, Optional: true, ForceNew: true},
			"size":  {Type: schema.TypeInt, Optional: true},
			// A file that gets one line for each machine that is destroyed.
			"grave": {Type: schema.TypeString, Optional: true},
		},
		Create: func(data *schema.ResourceData, _ interface{}) error {
			data.SetId("machine")
			return nil
		},
		Read:   func(*schema.ResourceData, interface{}) error { return nil },
		Update: func(*schema.ResourceData, interface{}) error { return nil },
		Delete: func(data *schema.ResourceData, _ interface{}) error {
			return bury(data.Get("grave").(string), data.Id())
		},
		Importer: &schema.ResourceImporter{State: schema.ImportStatePassthrough},
	}}}
}

func bury(grave, name string) error {
	if grave == "" {
		return nil
	}
	file, err := os.OpenFile(grave, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = file.WriteString(name + "\n")
	return err
}
