import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, Testing, TerraformStack } from "cdktf";
import { ControlPlane, MergedKubeconfig, Store } from "../../lib";
import { clusterProps } from "../support/cluster";
import { expectHelpful, messageOf } from "../support/errors";

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
])(
  "the path from an app with outdir %s to a store is %s",
  (outdir, location) => {
    expect(storeIn(new App({ outdir })).location).toBe(location);
  },
);

test("a symbolic link is resolved, because the system resolves it first", () => {
  mkdirSync(join(root, "a/b/c"), { recursive: true });
  symlinkSync("../a/b/c", "cdktf.out");
  expect(storeIn(new App({ outdir: "cdktf.out" })).location).toBe(
    "../../../../../project/clusters/test",
  );
});

test("cdktf's Testing synthesizes the same JSON everywhere", () => {
  mkdirSync(join(root, "a/b/c"), { recursive: true });
  symlinkSync("../a/b/c", "cdktf.out");
  expect(storeIn(Testing.app()).location).toBe("../../../clusters/test");
});

test("an app of Testing with an explicit outdir is treated like a real app", () => {
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
  ["the store is in cdktf's output folder", "cdktf.out", "cdktf.out/clusters"],
  ["cdktf would delete the store", ".", "stacks/store"],
  ["a link leads into cdktf's output folder", "cdktf.out", "link/store"],
])("fails when %s", (_, outdir, directory) => {
  mkdirSync(outdir, { recursive: true });
  symlinkSync("cdktf.out", "link");
  expect(() => storeIn(new App({ outdir }), directory)).toThrow(
    `"${directory}" cannot be the folder of a store`,
  );
});

test("fails when a store contains the project through a link", () => {
  symlinkSync("..", "link");
  expect(() => storeIn(new App({ outdir: "cdktf.out" }), "link")).toThrow(
    '"link" cannot be the folder of a store',
  );
});

test("fails when two stores are the same folder through a link", () => {
  mkdirSync("clusters");
  symlinkSync("clusters", "link");
  const stack = new TerraformStack(new App({ outdir: "cdktf.out" }), "stack");
  new Store(stack, "one", { directory: "clusters/test" });
  expect(() => new Store(stack, "two", { directory: "link/test" })).toThrow(
    "belongs to stack/one",
  );
});

test.each([
  ["is inside another store", "clusters/a", "clusters/a/nodes"],
  ["contains another store", "clusters/a/pki/b", "clusters/a"],
  ["is inside another store through a link", "clusters/a", "link/a/b"],
  [
    "is the same as another store in one workspace",
    "clusters/${terraform.workspace}/a",
    "clusters/default/a",
  ],
  [
    "is inside another store in some workspace",
    "clusters/a",
    "clusters/${terraform.workspace}/b",
  ],
  [
    "is the same as another store in a workspace with a prefix",
    "clusters/prod-eu",
    "clusters/prod-${terraform.workspace}",
  ],
])("fails when a store %s", (_, first, second) => {
  mkdirSync("clusters");
  symlinkSync("clusters", "link");
  const stack = new TerraformStack(new App({ outdir: "cdktf.out" }), "stack");
  new Store(stack, "one", { directory: first });
  const message = messageOf(
    () => new Store(stack, "two", { directory: second }),
  );
  expectHelpful(message, `"${second}"`, `"${first}"`, "stack/one");
});

test("accepts stores that are separate in every workspace", () => {
  const stack = new TerraformStack(new App({ outdir: "cdktf.out" }), "stack");
  for (const directory of [
    "clusters/a",
    "clusters/ab",
    "clusters/prod-${terraform.workspace}/a",
    "clusters/prod-${terraform.workspace}/b",
    "clusters/${terraform.workspace}-dev/a",
    "others/${terraform.workspace}",
  ])
    new Store(stack, directory.replace(/\W/g, ""), { directory });
});

test.each([
  "clusters/${ terraform.workspace }",
  "clusters/${upper(terraform.workspace)}",
  "clusters/#{terraform.workspace}",
  "clusters/${TF_WORKSPACE}",
  "${terraform.workspace}/%{ if terraform.workspace == 1 }x",
])(
  "fails when the folder of a store is %s, which Terraform would not evaluate",
  (directory) => {
    const app = new App({ outdir: "cdktf.out" });
    const message = messageOf(() => storeIn(app, directory));
    expectHelpful(message, directory, "only ${terraform.workspace}");
  },
);

test.each(["clusters/${x}", "clusters/workspace", "clusters/$HOME %d"])(
  "accepts %s as the literal name of a folder",
  (directory) => {
    const { location } = storeIn(new App({ outdir: "cdktf.out" }), directory);
    expect(location).toBe(`../../../${directory}`);
  },
);

test("all paths in the store contain the workspace, and similar text in data stays text", () => {
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
  const paths = text.match(/\.\.\/\.\.\/\.\.\/clusters\/[^/"\\]+/g) ?? [];
  expect(paths.length).toBeGreaterThan(50);
  expect(new Set(paths)).toEqual(
    new Set(["../../../clusters/${terraform.workspace}"]),
  );
  expect(text).not.toMatch(/workspace-[0-9a-f]{8}/);
  expect(text).toContain('"spec": "$${terraform.workspace}"');
});
