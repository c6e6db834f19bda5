// Bundles the command line and the agent. The agent runs at apply, so it must start fast and have no dependencies.
import { build } from "esbuild";
import { shellModules } from "./shell-modules.mjs";

await build({
  entryPoints: {
    agent: "lib/agent/main.ts",
    "control-plane": "lib/cli/commands/main.ts",
  },
  outdir: "dist",
  // The agent runs in the user's folder, whose package.json may declare every .js file to be an ES module.
  outExtension: { ".js": ".cjs" },
  bundle: true,
  plugins: [shellModules],
  platform: "node",
  // An older Node must be able to parse the whole file before the file can report that this Node is too old.
  target: "node12",
  minify: true,
  legalComments: "none",
  logLevel: "warning",
});
