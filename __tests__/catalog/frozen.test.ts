import { readdirSync } from "node:fs";
import { join } from "node:path";
import { frozen } from "../../lib/catalog/frozen";

const CATALOG = join(__dirname, "../../lib/catalog");

/** The paths at which a value can be changed. */
const changeable = (value: unknown, path: string): string[] =>
  typeof value !== "object" || value === null
    ? []
    : [
        ...(Object.isFrozen(value) ? [] : [path]),
        ...Object.entries(value).flatMap(([key, part]) =>
          changeable(part, `${path}.${key}`),
        ),
      ];

const MODULES = readdirSync(CATALOG, { recursive: true, encoding: "utf8" });

test.each(MODULES.filter((file) => file.endsWith(".ts")))(
  "%s exports only deeply frozen values",
  async (file) => {
    const exported = (await import(join(CATALOG, file))) as object;
    const found = Object.entries(exported).flatMap(([name, value]) =>
      changeable(value, name),
    );
    expect(found).toEqual([]);
  },
);

test("a list inside a frozen row cannot be changed", () => {
  const row = frozen({ id: "a", names: ["x"], health: { ports: [1] } });
  expect(() => (row.names as unknown as string[]).push("y")).toThrow(TypeError);
  expect(() => Object.assign(row.health, { ports: [] })).toThrow(TypeError);
  expect(row).toEqual({ id: "a", names: ["x"], health: { ports: [1] } });
});
