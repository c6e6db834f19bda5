// Bundles the library for the apps of tests. They start in half of the time that compiling its sources takes.
import { build } from "esbuild";
import { shellModules } from "../../scripts/shell-modules.mjs";

await build({
  entryPoints: ["lib/index.ts"],
  outfile: "dist/tests/library.cjs",
  bundle: true,
  packages: "external",
  // Errors name classes.
  keepNames: true,
  plugins: [shellModules],
  platform: "node",
  logLevel: "warning",
});
