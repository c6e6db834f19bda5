import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { quote, withVariables } from "../../../lib/agent/hosts/shell";

const FOLDER = join(__dirname, "../../../lib/agent/hosts/scripts");
const SCRIPTS = readdirSync(FOLDER).filter((name) => name.endsWith(".sh"));

/** The text that the agent imports. */
const textOf = async (name: string): Promise<string> =>
  ((await import(join(FOLDER, name))) as { default: string }).default;

test.each(SCRIPTS)(
  "%s becomes one text that a shell can parse",
  async (name) => {
    const text = await textOf(name);
    execFileSync("sh", ["-n", "-c", text]);
    expect(text).not.toMatch(/^\. |# shellcheck /m);
  },
);

test("a script contains the scripts that it includes, even indirectly", async () => {
  const [safePath, delivery, look] = await Promise.all(
    ["safe-path.sh", "delivery.sh", "look.sh"].map(textOf),
  );
  expect(delivery).toContain(safePath);
  expect(look).toContain(delivery);
});

test.each(["", "it's", "$(id) `id` \\", "two\nlines", "a; exit 1"])(
  "a variable in front of a script has exactly the given value: %j",
  (value) => {
    const script = withVariables({ VALUE: value }, 'printf %s "$VALUE"');
    expect(execFileSync("sh", ["-c", script]).toString()).toBe(value);
    expect(script).toBe(`VALUE=${quote(value)}\nprintf %s "$VALUE"`);
  },
);
