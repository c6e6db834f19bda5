import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
} from "node:fs";
import { join } from "node:path";

/** It is too large for a dependency: its package has 80 MB, of which a browser needs one file. */
const VERSION = "12.3.0";
const CACHE = join(__dirname, "../../node_modules/.cache/mermaid");

/** The path of Mermaid for browsers, which is downloaded once. */
export function mermaidScript(): string {
  const script = join(CACHE, `mermaid-${VERSION}.min.js`);
  if (existsSync(script)) return script;
  mkdirSync(CACHE, { recursive: true });
  const place = mkdtempSync(join(CACHE, "package-"));
  const run = (program: string, ...args: string[]): string =>
    execFileSync(program, args, { cwd: place, encoding: "utf8" }).trim();
  const tarball = run("npm", "pack", `mermaid@${VERSION}`, "--silent");
  run("tar", "-xzf", tarball, "package/dist/mermaid.min.js");
  renameSync(join(place, "package/dist/mermaid.min.js"), script);
  rmSync(place, { recursive: true });
  return script;
}
