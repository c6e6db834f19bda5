import { join } from "node:path";

const ROOT = join(__dirname, "../..");

/** The arguments with which Node runs TypeScript that imports the agent, in any folder. */
export const TSX = [
  "node_modules/tsx/dist/loader.mjs",
  "scripts/shell-modules.mjs",
].map((path) => `--import=${join(ROOT, path)}`);
