// Bundles the agent, which runs at apply and must start fast and need nothing beside it, and the CLI.
import { build } from "esbuild";

await build({
  entryPoints: {
    agent: "lib/agent/main.ts",
    "control-plane": "lib/cli/main.ts",
  },
  outdir: "dist",
  bundle: true,
  platform: "node",
  target: "node20",
  minify: true,
  legalComments: "none",
  logLevel: "warning",
});
