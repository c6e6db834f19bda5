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

/** Quoted for no shell: the folder is where the command runs, never a part of it. */
const command = (name: string): string =>
  `node node_modules/cdktf-control-plane/dist/control-plane.cjs ${name}`;

const NAMES = [
  "plain",
  "with  two spaces ",
  `it's "quoted"`,
  "100% %{if true}",
  "$HOME ${x} $(id) `id`",
  "back\\slash\\n",
  "Größe-ü-日本",
  "-rf; & | * ? # ! [a] (b)",
  "new\nline",
];

/** Deploys, sees that nothing is left to do, and destroys. */
function live(app: string): void {
  expect(run(command("deploy"), app)).toContain("files to make");
  expect(existsSync(join(app, "clusters/test/pki/ca.key"))).toBe(true);
  expect(run(command("deploy"), app)).toContain("stack: no changes");
  expect(run(command("inspect --json"), app)).toContain('"exitCode": 0');
  run(command("destroy"), app);
  expect(existsSync(join(app, "clusters/test/nodes"))).toBe(false);
}

/** All that means something to some shell, template or printf, but no backslash: Node loads no ES module below one. */
const ALL_IN_ONE = `it's "100%" $HOME \${x} %{y} %s ü`;

test.each(NAMES)("a CommonJS app lives in a folder named %j", (name) => {
  const app = join(folder, "commonjs", name);
  writeApplication(app, modules, "commonjs");
  live(app);
});

test.each(["plain", ALL_IN_ONE])(
  "an app of ES modules lives in a folder named %j",
  (name) => {
    const app = join(folder, "module", name);
    writeApplication(app, modules, "module");
    live(app);
  },
);

test.each([ALL_IN_ONE, "back\\slash\\n"])(
  "a store is given by its absolute path below a folder named %j",
  (name) => {
    const app = join(folder, "absolute", name);
    writeApplication(
      app,
      modules,
      "commonjs",
      'require("path").resolve("clusters")',
    );
    live(app);
  },
);
