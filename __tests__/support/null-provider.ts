import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

/** Of the Go module; the provider of cdktf's bindings is newer, with the same resource. */
export const VERSION = "1.0.0";

const CACHE = join(__dirname, "../../node_modules/.cache/null-provider");

const MODULE = `module null-provider

go 1.21

require (
	github.com/hashicorp/terraform v0.12.31
	github.com/terraform-providers/terraform-provider-null v${VERSION}
)
`;

const MAIN = `package main

import (
	"github.com/hashicorp/terraform/plugin"
	"github.com/terraform-providers/terraform-provider-null/null"
)

func main() {
	plugin.Serve(&plugin.ServeOpts{ProviderFunc: null.Provider})
}
`;

/**
 * Builds the null provider from its source, once, because tests run without Terraform's registry.
 * @returns the path of a CLI configuration with which Terraform finds it
 */
export function nullProvider(): string {
  const configuration = join(CACHE, "terraform.tfrc");
  if (existsSync(configuration)) return configuration;
  rmSync(CACHE, { recursive: true, force: true });
  mkdirSync(CACHE, { recursive: true });
  const source = mkdtempSync(join(CACHE, "source-"));
  writeFileSync(join(source, "go.mod"), MODULE);
  writeFileSync(join(source, "main.go"), MAIN);
  const binary = `terraform-provider-null_v${VERSION}`;
  go(source, "mod", "tidy");
  go(source, "build", "-o", binary, ".");

  const platform = `${go(source, "env", "GOOS")}_${go(source, "env", "GOARCH")}`;
  // Terraform's name for it, and OpenTofu's, which follows no links there.
  for (const registry of ["registry.terraform.io", "registry.opentofu.org"]) {
    const namespace = join(CACHE, registry, "hashicorp");
    const folder = join(namespace, "null", VERSION, platform);
    mkdirSync(folder, { recursive: true });
    copyFileSync(join(source, binary), join(folder, binary));
  }
  rmSync(source, { recursive: true });
  writeFileSync(
    configuration,
    `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(CACHE)}\n  }\n}\n`,
  );
  return configuration;
}

function go(directory: string, ...args: string[]): string {
  try {
    return execFileSync("go", args, {
      cwd: directory,
      env: { ...process.env, CGO_ENABLED: "0", GOFLAGS: "-mod=mod" },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    }).trim();
  } catch (error) {
    const { code, stderr } = error as { code?: string; stderr?: string };
    const reason =
      code === "ENOENT" ? "there is no go on the PATH" : String(stderr);
    throw new Error(
      `The null provider, which this test needs, cannot be built: ${reason}\n` +
        "Install Go 1.21 or newer, and let it reach its module proxy.",
    );
  }
}
