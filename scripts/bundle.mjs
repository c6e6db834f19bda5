// Bundles the agent, which runs at apply and must start fast and need nothing beside it, and the CLI.
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
  // An older Node has to be able to read the whole file before it can say that it is too old.
  target: "node12",
  minify: true,
  legalComments: "none",
  logLevel: "warning",
});
