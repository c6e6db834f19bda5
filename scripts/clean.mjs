// Removes the files that `tsc` wrote into lib/ for the published package.
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

for (const file of readdirSync("lib", { recursive: true })) {
  if (/\.js$|\.d\.ts$/.test(file)) rmSync(join("lib", file));
}
