import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cached, goCommand, type Module, type Say } from "./binaries";

/** A provider whose project publishes it as a Go module. */
export interface Provider {
  /** Its address in Terraform's registry: `hashicorp/helm`. */
  readonly source: string;
  readonly version: string;
  /** Modules that it needs in another version than it says. */
  readonly replacements?: readonly Module[];
}

/** The newest version of Helm's provider that is a Go module: later ones do not have the path that Go asks for. */
export const HELM: Provider = {
  source: "hashicorp/helm",
  version: "1.3.2",
  replacements: [
    {
      path: "github.com/Azure/go-autorest",
      version: "v13.3.3+incompatible",
      replacement: "github.com/Azure/go-autorest",
    },
    // Its own site is gone.
    {
      path: "vbom.ml/util",
      version: "v0.0.3",
      replacement: "github.com/fvbommel/util",
    },
  ],
};

export const HCLOUD: Provider = {
  source: "hetznercloud/hcloud",
  version: "1.68.0",
};

/**
 * Puts a provider into a folder, as a mirror of the registries of Terraform and OpenTofu. It is built at its first use.
 * @returns The path of a CLI configuration with which Terraform finds it there, and nowhere else.
 */
export function mirror(
  { source, version, replacements = [] }: Provider,
  folder: string,
  say: Say,
): string {
  const name = `terraform-provider-${source.replace(/.*\//, "")}`;
  const path = `github.com/${source.replace(/[^/]*$/, name)}`;
  const built = cached(
    {
      name,
      version: `v${version}`,
      modules: () => [{ path, version: `v${version}` }, ...replacements],
      packages: { [name]: path },
      variables: {},
    },
    say,
  );
  const go = (variable: string): string => goCommand()(built, "env", variable);
  const platform = `${go("GOOS")}_${go("GOARCH")}`;
  for (const registry of ["registry.terraform.io", "registry.opentofu.org"]) {
    const place = join(folder, registry, source, version, platform);
    mkdirSync(place, { recursive: true });
    copyFileSync(join(built, name), join(place, `${name}_v${version}`));
  }
  const configuration = join(folder, "terraform.tfrc");
  const installation = `filesystem_mirror {\n    path = ${JSON.stringify(folder)}\n  }`;
  writeFileSync(
    configuration,
    `provider_installation {\n  ${installation}\n}\n`,
  );
  return configuration;
}
