import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** The tests run the very bundles that users run. */
export default function globalSetup(): void {
  execFileSync("node", [join(__dirname, "../../scripts/bundle.mjs")]);
}
