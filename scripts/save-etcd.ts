// Generates the module with the script that saves etcd on a host: a program that is bundled has no files beside its own.
import { readFileSync } from "node:fs";
import { format } from "prettier";

const SOURCE = "lib/constructs/node/save-etcd.sh";
export const SAVE_ETCD_MODULE = "lib/constructs/node/save-etcd.ts";

export function saveEtcdModule(): Promise<string> {
  const lines = readFileSync(SOURCE, "utf8").split("\n");
  return format(
    `/** The text of save-etcd.sh. \`npm run docs\` writes this file from it. */
export const SAVE_ETCD = ${JSON.stringify(lines)}.join("\\n");
`,
    { parser: "typescript" },
  );
}
