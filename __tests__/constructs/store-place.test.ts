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

test.each([
  ["is in another one", "clusters/a", "clusters/a/nodes"],
  ["is around another one", "clusters/a/pki/b", "clusters/a"],
  ["is in another one by way of a link", "clusters/a", "link/a/b"],
  [
    "is another one in one workspace",
    "clusters/${terraform.workspace}/a",
    "clusters/default/a",
  ],
  [
    "is in another one in some workspace",
    "clusters/a",
    "clusters/${terraform.workspace}/b",
  ],
  [
    "is another one in a workspace with a prefix",
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

test("stores beside each other are two, in every workspace", () => {
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
  "fails when the folder of a store is %s, which is only text",
  (directory) => {
    const app = new App({ outdir: "cdktf.out" });
    const message = messageOf(() => storeIn(app, directory));
    expectHelpful(message, directory, "only ${terraform.workspace}");
  },
);

test.each(["clusters/${x}", "clusters/workspace", "clusters/$HOME %d"])(
  "%s is a folder's name, whatever it looks like",
  (directory) => {
    const { location } = storeIn(new App({ outdir: "cdktf.out" }), directory);
    expect(location).toBe(`../../../${directory}`);
  },
);

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
