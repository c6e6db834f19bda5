import bundle from "../support/global-setup";
import { binariesOf, KUBERNETES } from "./binaries";
import { hostImage } from "./lab/image";
import { checkRequirements } from "./requirements";
import { say } from "./say";

/** Checks and prepares everything that the tests need, before the first one. */
export default function setup(): void {
  try {
    checkRequirements();
    bundle();
    process.stderr.write("programs\n");
    binariesOf(KUBERNETES, say);
    hostImage(say);
  } catch (error) {
    // Without the stack trace, which would not help.
    if (error instanceof Error) error.stack = error.message;
    throw error;
  }
}
