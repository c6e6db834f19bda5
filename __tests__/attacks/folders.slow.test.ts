import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { installed, writeApplication } from "../package/support/application";
import { pack, run, temporaryFolder } from "../package/support/commands";

const folder = temporaryFolder();
let modules = "";

beforeAll(() => {
  modules = installed(pack(folder), folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The command needs no quoting: the app's folder is its working directory, not a part of the command. */
const command = (name: string): string =>
  `node node_modules/cdktf-control-plane/dist/control-plane.cjs ${name}`;

/** Characters with a meaning in shells, templates or printf. No backslash: below one, Node loads no package with exports. */
const ALL_IN_ONE = `it's "100%"  $HOME \${x} $(id) \`id\` %{if true} %s Größe-日本 `;

const NAMES = [ALL_IN_ONE, "-rf; & | * ? # ! [a] (b)", "new\nline"];

/** Deploys an app, checks that nothing is left to do, and destroys it. */
function deployAndDestroy(app: string): void {
  expect(run(command("deploy"), app)).toContain("files to make");
  expect(existsSync(join(app, "clusters/test/pki/ca.key"))).toBe(true);
  expect(run(command("deploy"), app)).toContain("stack: no changes");
  expect(run(command("inspect --json"), app)).toContain('"exitCode": 0');
  run(command("destroy"), app);
  expect(existsSync(join(app, "clusters/test/nodes"))).toBe(false);
}

test.each(NAMES)("a CommonJS app works in a folder named %j", (name) => {
  const app = join(folder, "commonjs", name);
  writeApplication(app, modules, "commonjs");
  deployAndDestroy(app);
});

test("an app of ES modules works in such a folder", () => {
  const app = join(folder, "module", ALL_IN_ONE);
  writeApplication(app, modules, "module");
  deployAndDestroy(app);
});

test("a store with an absolute path works below such a folder", () => {
  const app = join(folder, "absolute", ALL_IN_ONE);
  writeApplication(
    app,
    modules,
    "commonjs",
    'require("path").resolve("clusters")',
  );
  deployAndDestroy(app);
});
