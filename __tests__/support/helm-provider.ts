import { buildProvider } from "./provider";

const MAIN = `package main

import (
	"github.com/hashicorp/terraform-plugin-sdk/plugin"
	"github.com/hashicorp/terraform-provider-helm/helm"
)

func main() {
	plugin.Serve(&plugin.ServeOpts{ProviderFunc: helm.Provider})
}
`;

/**
 * Builds the newest provider for Helm that is a Go module. It is installed as the version that the bindings ask for:
 * what the example uses is the same in both.
 * @returns The path of a CLI configuration with which Terraform finds it.
 */
export const helmProvider = (): string =>
  buildProvider({
    name: "hashicorp/helm",
    modules: ["github.com/hashicorp/terraform-provider-helm v1.3.2"],
    replacements: [
      // As the provider's own go.mod has it.
      "github.com/Azure/go-autorest => github.com/Azure/go-autorest v13.3.3+incompatible",
      // Its domain is gone.
      "vbom.ml/util => github.com/fvbommel/util v0.0.0-20180919145318-efcd4e0f9787",
    ],
    main: MAIN,
    version: "3.1.1",
  });
