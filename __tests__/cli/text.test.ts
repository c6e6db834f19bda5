import { execFileSync } from "node:child_process";
import { quoted } from "../../lib/cli/text";

test.each([
  "clusters/test",
  "my clusters/test",
  "it's; echo $(id) `id`/ü",
  "~/clusters",
  "$HOME/*",
  "",
])("a shell reads the quoted %j as one unchanged word", (path) =>
  expect(
    execFileSync("sh", ["-c", `printf '<%s>' ${quoted(path)}`], {
      encoding: "utf8",
    }),
  ).toBe(`<${path}>`),
);

test("a path that needs no quotes gets none", () =>
  expect(quoted("clusters/test-1.eu")).toBe("clusters/test-1.eu"));
