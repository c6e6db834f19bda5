import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, Testing, TerraformStack } from "cdktf";
import { ControlPlane, MergedKubeconfig, Store } from "../../lib";
import { clusterProps } from "../support/cluster";

let root: string;
let home: string;
beforeEach(() => {
  home = process.cwd();
  root = mkdtempSync(join(tmpdir(), "place-"));
  mkdirSync(join(root, "project"));
  process.chdir(join(root, "project"));
});
afterEach(() => {
  process.chdir(home);
  delete process.env.CDKTF_OUTDIR;
  rmSync(root, { recursive: true });
});

const storeIn = (app: App, directory = "clusters/test"): Store =>
  new Store(new TerraformStack(app, "stack"), "store", { directory });

test.each([
  ["cdktf.out", "../../../clusters/test"],
  [".", "../../clusters/test"],
  ["..", "../../project/clusters/test"],
  ["../build", "../../../project/clusters/test"],
  ["out put", "../../../clusters/test"],
])("from an app that writes to %s a store is at %s", (outdir, location) => {
  expect(storeIn(new App({ outdir })).location).toBe(location);
});

test("a link is followed, because the system follows it", () => {
  mkdirSync(join(root, "a/b/c"), { recursive: true });
  symlinkSync("../a/b/c", "cdktf.out");
  expect(storeIn(new App({ outdir: "cdktf.out" })).location).toBe(
    "../../../../../project/clusters/test",
  );
});

test("what cdktf's Testing synthesizes is the same everywhere", () => {
  mkdirSync(join(root, "a/b/c"), { recursive: true });
  symlinkSync("../a/b/c", "cdktf.out");
  expect(storeIn(Testing.app()).location).toBe("../../../clusters/test");
});

test("an app of Testing with an outdir, or a folder of that name that is asked for, is a real one", () => {
  const app = Testing.app({ outdir: "cdktf.out" });
  expect(storeIn(app).location).toBe("../../../clusters/test");
  const outdir = mkdtempSync(join(tmpdir(), "cdktf.outdir."));
  process.env.CDKTF_OUTDIR = outdir;
  expect(storeIn(new App()).location).toBe(
    `../../../${root.slice(tmpdir().length + 1)}/project/clusters/test`,
  );
  rmSync(outdir, { recursive: true });
});

test.each([
  ["cdktf writes to the store", "clusters/test", "clusters/test"],
  ["cdktf writes into the store", "clusters/test/out", "clusters/test"],
  ["the store is where cdktf writes", "cdktf.out", "cdktf.out/clusters"],
  ["cdktf deletes what is beside its stacks", ".", "stacks/store"],
  ["a link leads to where cdktf writes", "cdktf.out", "link/store"],
])("fails when %s", (_, outdir, directory) => {
  mkdirSync(outdir, { recursive: true });
  symlinkSync("cdktf.out", "link");
  expect(() => storeIn(new App({ outdir }), directory)).toThrow(
    `"${directory}" cannot be the folder of a store`,
  );
});

test("fails when a store is around the project by way of a link", () => {
  symlinkSync("..", "link");
  expect(() => storeIn(new App({ outdir: "cdktf.out" }), "link")).toThrow(
    '"link" cannot be the folder of a store',
  );
});

test("fails when two stores are one by a link", () => {
  mkdirSync("clusters");
  symlinkSync("clusters", "link");
  const stack = new TerraformStack(new App({ outdir: "cdktf.out" }), "stack");
  new Store(stack, "one", { directory: "clusters/test" });
  expect(() => new Store(stack, "two", { directory: "link/test" })).toThrow(
    "belongs to stack/one",
  );
});

test("the workspace is in each path of its store, and text that looks like it stays text", () => {
  const stack = new TerraformStack(Testing.app(), "stack");
  const controlPlane = new ControlPlane(
    stack,
    "cluster",
    clusterProps({
      outputDirectory: "clusters/${terraform.workspace}",
      nodes: [
        {
          name: "cp-1",
          address: "10.0.0.1",
          files: [{ path: "/etc/x", text: "${terraform.workspace}" }],
        },
      ],
    }),
  );
  new MergedKubeconfig(stack, "merged", {
    path: "config",
    kubeconfigs: [
      { kubeconfig: controlPlane.adminKubeconfig, context: "test" },
    ],
  });
  const text = Testing.synth(stack);
  const paths = text.match(/\.\.\/\.\.\/\.\.\/clusters\/[^/]+/g) ?? [];
  expect(paths.length).toBeGreaterThan(50);
  expect(new Set(paths)).toEqual(
    new Set(["../../../clusters/${terraform.workspace}"]),
  );
  expect(text).not.toMatch(/workspace-[0-9a-f]{8}/);
  expect(text).toContain('"spec": "$${terraform.workspace}"');
});
