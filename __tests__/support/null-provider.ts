import { buildProvider, VERSION } from "./provider";

/** The version of the Go module. The provider for cdktf's bindings is newer, but has the same resource. */
export { VERSION };

const MAIN = `package main

import (
	"github.com/hashicorp/terraform/plugin"
	"github.com/terraform-providers/terraform-provider-null/null"
)

func main() {
	plugin.Serve(&plugin.ServeOpts{ProviderFunc: null.Provider})
}
`;

/** Builds the provider. @returns The path of a CLI configuration with which Terraform finds it. */
export const nullProvider = (): string =>
  buildProvider({
    name: "hashicorp/null",
    modules: [
      "github.com/hashicorp/terraform v0.12.31",
      `github.com/terraform-providers/terraform-provider-null v${VERSION}`,
    ],
    main: MAIN,
  });
