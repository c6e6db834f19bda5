import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY, run } from "./commands";

/** The package as users get it, beside the other packages of the checkout. Returns the folder of `node_modules`. */
export function installed(tarball: string, folder: string): string {
  const modules = join(folder, "node_modules");
  const own = join(modules, "cdktf-control-plane");
  mkdirSync(own, { recursive: true });
  run(`tar -xzf '${tarball}' --strip-components=1 -C '${own}'`, folder);
  for (const name of readdirSync(join(REPOSITORY, "node_modules")))
    if (!name.startsWith("."))
      symlinkSync(join(REPOSITORY, "node_modules", name), join(modules, name));
  return modules;
}

const BODY = (output: string): string => `
const app = new App();
const stack = new TerraformStack(app, "stack");
new LocalBackend(stack, { path: "../../../stack.tfstate" });
new ControlPlane(stack, "test", {
  clusterName: "test",
  kubernetesVersion: "1.36.3",
  endpoint: "api.example.org:6443",
  keyAlgorithm: KeyAlgorithm.ECDSA_P256,
  nodes: [{ name: "cp-1", address: "10.0.0.1" }],
  outputDirectory: ${output},
});
app.synth();
`;

const NAMES = {
  cdktf: "App, LocalBackend, TerraformStack",
  "cdktf-control-plane": "ControlPlane, KeyAlgorithm",
};

const HEADS = {
  module: ([from, names]: readonly string[]): string =>
    `import { ${names} } from "${from}";\n`,
  commonjs: ([from, names]: readonly string[]): string =>
    `const { ${names} } = require("${from}");\n`,
};

/** An app in plain JavaScript, as its package.json says. `output` is an expression. */
export function writeApplication(
  folder: string,
  modules: string,
  type: keyof typeof HEADS,
  output = '"clusters"',
): void {
  mkdirSync(folder, { recursive: true });
  symlinkSync(modules, join(folder, "node_modules"));
  const files = {
    "package.json": JSON.stringify({ name: "app", private: true, type }),
    "cdktf.json": JSON.stringify({ app: "node main.js" }),
    "main.js": Object.entries(NAMES).map(HEADS[type]).join("") + BODY(output),
  };
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(folder, name), text);
}
