import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildProvider } from "./provider";

/** The provider of `own_machine`. */
export const OWN_PROVIDER = "example/own";

/** Builds the provider. @returns The path of a CLI configuration with which Terraform finds it. */
export const ownProvider = (): string =>
  buildProvider({
    name: OWN_PROVIDER,
    modules: ["github.com/hashicorp/terraform v0.12.31"],
    main: readFileSync(join(__dirname, "own-provider.go"), "utf8"),
  });
