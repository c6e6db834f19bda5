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

/** The version of each provider that is built here, unless its source says another. */
export const VERSION = "1.0.0";

const CACHE = join(__dirname, "../../node_modules/.cache/providers");

export interface ProviderSource {
  /** `hashicorp/null` */
  readonly name: string;
  readonly modules: readonly string[];
  /** Other modules in place of some that can no longer be had: `old => new version`. */
  readonly replacements?: readonly string[];
  /** The text of its main.go. */
  readonly main: string;
  /** The version as which it is installed, if an app asks for another one than can be built. */
  readonly version?: string;
}

/**
 * Builds a provider from its source, unless that was done before. Tests run without Terraform's registry.
 * @returns The path of a CLI configuration with which Terraform finds all providers that were built.
 */
export function buildProvider(source: ProviderSource): string {
  const configuration = join(CACHE, "terraform.tfrc");
  // Terraform and OpenTofu use different names, and OpenTofu does not follow symbolic links here.
  const folders = ["registry.terraform.io", "registry.opentofu.org"].map(
    (registry) => join(CACHE, registry, source.name),
  );
  if (!folders.every((folder) => existsSync(folder))) {
    for (const folder of folders)
      rmSync(folder, { recursive: true, force: true });
    mkdirSync(CACHE, { recursive: true });
    install(source, folders);
  }
  writeFileSync(
    configuration,
    `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(CACHE)}\n  }\n}\n`,
  );
  return configuration;
}

function install(source: ProviderSource, folders: readonly string[]): void {
  const { name, modules, replacements = [], main, version = VERSION } = source;
  const type = name.slice(name.indexOf("/") + 1);
  const place = mkdtempSync(join(CACHE, "source-"));
  writeFileSync(
    join(place, "go.mod"),
    [
      `module ${type}`,
      "go 1.21",
      ...modules.map((module) => `require ${module}`),
      ...replacements.map((replacement) => `replace ${replacement}`),
      "",
    ].join("\n"),
  );
  writeFileSync(join(place, "main.go"), main);
  const binary = `terraform-provider-${type}_v${version}`;
  go(name, place, "mod", "tidy");
  go(name, place, "build", "-o", binary, ".");
  const platform = `${go(name, place, "env", "GOOS")}_${go(name, place, "env", "GOARCH")}`;
  for (const folder of folders) {
    mkdirSync(join(folder, version, platform), { recursive: true });
    copyFileSync(join(place, binary), join(folder, version, platform, binary));
  }
  rmSync(place, { recursive: true });
}

function go(name: string, directory: string, ...args: string[]): string {
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
      `The provider ${name}, which this test needs, cannot be built: ${reason}\n` +
        "Install Go 1.21 or newer, and let it reach its module proxy.",
    );
  }
}
