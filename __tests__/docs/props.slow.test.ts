import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PROPS_TABLE, propsTable } from "../../scripts/props";
import { ROOT } from "./markdown";

test("the table of props says what the types say; else: npm run docs", () => {
  expect(readFileSync(join(ROOT, PROPS_TABLE), "utf8")).toBe(propsTable(ROOT));
});
