import { rmSync } from "node:fs";
import { copyOfRepository, run } from "./support/commands";
import { nodeOf, withNode } from "./support/node";

/** The versions of Node that the pages recommend. The other tests run with the one that is installed. */
test.each([22, 24])(
  "with Node %i, a checkout is bundled, deployed, and has nothing more to deploy",
  (version) => {
    const copy = copyOfRepository();
    try {
      const environment = {
        TF_CLI_CONFIG_FILE: "",
        CHECKPOINT_DISABLE: "1",
        ...withNode(nodeOf(version, copy)),
      };
      const inCopy = (command: string) => run(command, copy, environment);
      expect(inCopy("node --version")).toMatch(`v${version}.`);
      inCopy("rm -r dist && node scripts/bundle.mjs");
      expect(inCopy("npm run --silent deploy 2>&1")).toContain(
        "cp-3: 36 files made",
      );
      expect(inCopy("npm run --silent deploy 2>&1")).toMatch(
        /^control-plane: no changes$/m,
      );
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  },
);
