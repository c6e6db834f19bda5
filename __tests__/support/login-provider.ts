import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildProvider } from "./provider";

/** The provider of `login_session`. */
export const LOGIN_PROVIDER = "example/login";

/** Builds the provider. @returns The path of a CLI configuration with which Terraform finds it. */
export const loginProvider = (): string =>
  buildProvider({
    name: LOGIN_PROVIDER,
    modules: ["github.com/hashicorp/terraform v0.12.31"],
    main: readFileSync(join(__dirname, "login-provider.go"), "utf8"),
  });
