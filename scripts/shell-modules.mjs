// Turns a shell script into a module that exports its text. A line `. ./other.sh` is replaced by the text of that script,
// because a host receives one text; shellcheck follows the same line. Directives for shellcheck are removed.
import { readFileSync } from "node:fs";
import Module from "node:module";

const INCLUDE = /^\. (\.\/[\w-]+\.sh)$/;

function moduleOf(text) {
  const parts = text
    .split(/(?<=\n)/)
    .filter((line) => !/^\s*# shellcheck /.test(line))
    .map((line) => {
      const [, included] = INCLUDE.exec(line.trimEnd()) ?? [];
      return included ? `require("${included}")` : JSON.stringify(line);
    });
  return `module.exports = ${parts.join(" + ")};`;
}

/** For esbuild. */
export const shellModules = {
  name: "shell-modules",
  setup: (build) =>
    build.onLoad({ filter: /\.sh$/ }, ({ path }) => ({
      contents: moduleOf(readFileSync(path, "utf8")),
    })),
};

/** For Jest, as a transform. */
export default { process: (text) => ({ code: moduleOf(text) }) };

/** For Node itself: `tsx --import ./scripts/shell-modules.mjs`. */
Module._extensions[".sh"] = (module, path) =>
  module._compile(moduleOf(readFileSync(path, "utf8")), path);
