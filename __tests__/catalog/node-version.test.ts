import { join } from "node:path";
import { readFileSync } from "node:fs";
import { unsupportedNode } from "../../lib/catalog/node-version";

test("accepts a Node that is new enough", () => {
  for (const version of ["20.9.0", "20.20.2", "22.0.0", "100.1.0"])
    expect(unsupportedNode(version)).toBeUndefined();
});

test("fails when Node is too old, and says what to do", () => {
  for (const version of ["4.0.0", "18.20.8", "20.8.1", "9.11.2"])
    expect(unsupportedNode(version)).toMatch(
      new RegExp(`^Node ${version} is too old: .*20\\.9 or newer\\. Install`),
    );
});

test("requires the same version of Node as package.json", () => {
  const manifest = readFileSync(join(__dirname, "../../package.json"), "utf8");
  const { engines } = JSON.parse(manifest) as { engines: { node: string } };
  expect(engines.node).toBe(">=20.9");
  expect(unsupportedNode("0.1.0")).toContain("20.9 or newer");
});
