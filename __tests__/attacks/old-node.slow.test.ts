import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { cluster, STORE } from "../support/cluster";
import { Deployment } from "../support/terraform";
import { installed } from "../package/support/application";
import { pack, temporaryFolder } from "../package/support/commands";
import { nodeOf, withNode } from "../package/support/node";

const folder = temporaryFolder();
let modules = "";

beforeAll(() => {
  modules = installed(pack(folder), folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SENTENCE =
  /Error: Node \d+\.\d+\.\d+ is too old: cdktf-control-plane needs Node 20\.9 or newer\. Install a newer one/;

describe.each([12, 14, 16, 18])("Node %i", (version) => {
  let node = "";
  beforeAll(() => {
    node = nodeOf(version, folder);
  });

  const started = (...args: string[]) =>
    spawnSync(node, args, { cwd: folder, encoding: "utf8" });
  const own = (path: string): string =>
    join(modules, "cdktf-control-plane", path);

  test.each(["control-plane", "agent"])(
    "fails with one line when it starts %s",
    (program) => {
      const { status, stdout, stderr } = started(own(`dist/${program}.cjs`));
      expect(status).toBe(1);
      expect(stdout).toBe("");
      expect(stderr).toMatch(SENTENCE);
      expect(stderr.trim().split("\n")).toHaveLength(1);
    },
  );

  test("fails when Terraform starts an agent with it, before anything is made", () => {
    const deployment = new Deployment(withNode(node));
    try {
      const { ok, text } = deployment.program(cluster()).tryApply();
      expect(ok).toBe(false);
      expect(text).toMatch(SENTENCE);
      expect(deployment.files(STORE)).toEqual([]);
    } finally {
      deployment.dispose();
    }
  });

  test("fails when an app imports the library", () => {
    const { status, stderr } = started(own("lib/index.js"));
    expect(status).toBe(1);
    expect(stderr).toMatch(SENTENCE);
  });
});
