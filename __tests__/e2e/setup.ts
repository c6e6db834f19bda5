import bundle from "../support/global-setup";
import { binariesOf } from "./binaries";
import { KUBERNETES } from "./cluster";
import { checkRequirements } from "./requirements";
import { say } from "./say";

/** What all tests need, before the first of them. */
export default function setup(): void {
  checkRequirements();
  bundle();
  process.stderr.write("programs\n");
  binariesOf(KUBERNETES, say);
}
