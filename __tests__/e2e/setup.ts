import bundle from "../support/global-setup";
import { binariesOf } from "./binaries";
import { KUBERNETES } from "./cluster";
import { hostImage } from "./lab/image";
import { checkRequirements } from "./requirements";
import { say } from "./say";

/** What all tests need, before the first of them. */
export default function setup(): void {
  try {
    checkRequirements();
    bundle();
    process.stderr.write("programs\n");
    binariesOf(KUBERNETES, say);
    hostImage(say);
  } catch (error) {
    // The reason is for people: where it was found tells them nothing.
    if (error instanceof Error) error.stack = error.message;
    throw error;
  }
}
