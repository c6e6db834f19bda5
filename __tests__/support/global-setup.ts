import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** Builds the bundles, because tests run the same bundles as users. */
export default function globalSetup(): void {
  execFileSync("node", [join(__dirname, "../../scripts/bundle.mjs")]);
}
