import { mkdirSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { run } from "./commands";

/** Installs a version of Node from the registry below a folder, and returns the path of its program. */
export function nodeOf(version: number, folder: string): string {
  const place = join(folder, `node-${version}`);
  mkdirSync(place);
  run(
    `npm pack --silent --prefer-offline node-linux-${process.arch}@${version}`,
    place,
  );
  run(`tar -xzf ${readdirSync(place)[0]} --strip-components=1`, place);
  return join(place, "bin/node");
}

/** An environment in which `node` is this program. */
export const withNode = (node: string): Record<string, string> => ({
  PATH: `${dirname(node)}:${process.env.PATH}`,
});
