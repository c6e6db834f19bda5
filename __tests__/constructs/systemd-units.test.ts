import { readFileSync } from "node:fs";
import { join } from "node:path";
import { UNITS } from "../../lib/catalog/units";
import { unitPath, unitsOf } from "../support/unit-texts";

const units = unitsOf({});

test.each(UNITS)("$id has the expected unit", ({ id }) => {
  const golden = join(__dirname, "systemd", `${id}.service`);
  expect(units.get(unitPath(id))).toBe(readFileSync(golden, "utf8"));
});
