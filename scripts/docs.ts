// Writes the generated files: the tables in the pages, pictures, the API reference, and the table of all props.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { drawBadges } from "./badges";
import { PICTURES } from "./pictures";
import { PROPS_TABLE, propsTable } from "./props";
import { SAVE_ETCD_MODULE, saveEtcdModule } from "./save-etcd";
import { withTables } from "./tables";

for (const name of readdirSync("docs").filter((file) => file.endsWith(".md"))) {
  const path = join("docs", name);
  writeFileSync(path, withTables(readFileSync(path, "utf8")));
}
writeFileSync(PROPS_TABLE, propsTable(process.cwd()));
drawBadges();
execFileSync("npx", ["typedoc"], { stdio: "inherit" });
for (const name of readdirSync("docs/api", { recursive: true }).map(String)) {
  if (!name.endsWith(".md")) continue;
  const path = join("docs/api", name);
  // `@default - none` describes a default in words, but typedoc formats it as code.
  const text = readFileSync(path, "utf8").replace(
    /\*\*Default\*\* (?:`- ([^`]*)`|- )/g,
    "**Default:** $1",
  );
  writeFileSync(path, text.replaceAll("**Default** ", "**Default:** "));
}

async function writeOthers(): Promise<void> {
  writeFileSync(SAVE_ETCD_MODULE, await saveEtcdModule());
  for (const [path, draw] of Object.entries(PICTURES))
    writeFileSync(path, await draw());
}

void writeOthers();
