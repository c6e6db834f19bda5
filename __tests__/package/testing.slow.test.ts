import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { installed } from "./support/application";
import { pack, REPOSITORY, run, temporaryFolder } from "./support/commands";

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(() => {
  installed(pack(folder), folder);
});

const program = (name: string): string =>
  join(REPOSITORY, "node_modules/.bin", name);

const CLUSTER = `
const stack = new TerraformStack(Testing.app(), "prod");
new ControlPlane(stack, "prod", {
  clusterName: "prod",
  kubernetesVersion: "1.36.3",
  nodes: [{ name: "cp-1", address: "10.0.0.11" }],
});
`;
const FILES = {
  "neutral.test.ts": `
import { test } from "node:test";
import { TerraformStack, Testing } from "cdktf";
import { ControlPlane } from "cdktf-control-plane";
import { expectControlPlane } from "cdktf-control-plane/testing";
${CLUSTER}
test("it holds", () => expectControlPlane(stack).toHaveFlag("kube-apiserver", "authorization-mode", /RBAC/));
test("it does not hold", () => expectControlPlane(stack).toHaveFlag("etcd", "data-dir", "/elsewhere"));
`,
  "jest.spec.ts": `
import "cdktf-control-plane/testing/jest";
import { TerraformStack, Testing } from "cdktf";
import { ControlPlane } from "cdktf-control-plane";
${CLUSTER}
test("it holds", () => { expect(stack).toHaveCertificate("apiserver", { usages: ["serverAuth"] }); });
test("it does not hold", () => { expect(stack).toHaveFile("/etc/kubernetes/none"); });
`,
  "jest.config.json": JSON.stringify({
    testMatch: ["**/*.spec.ts"],
    transform: { "\\.ts$": "@swc/jest" },
  }),
};

const app = join(folder, "app");
beforeAll(() => {
  mkdirSync(app);
  for (const [name, text] of Object.entries(FILES))
    writeFileSync(join(app, name), text);
});

test.each([
  { module: "CommonJS", moduleResolution: "Node10", skipLibCheck: false },
  { module: "Node16", moduleResolution: "Node16", skipLibCheck: true },
])("the types of the matchers are found with %o", (resolution) => {
  const compilerOptions = {
    ...resolution,
    target: "ES2022",
    strict: true,
    noEmit: true,
    types: ["node", "jest"],
  };
  writeFileSync(
    join(app, "tsconfig.json"),
    JSON.stringify({ compilerOptions, include: ["*.ts"] }),
  );
  run(program("tsc"), app);
});

test("they run in Node's own test runner", () => {
  // Node 24 has another reporter by default.
  const command = "--test --test-reporter=tap neutral.test.ts";
  const output = run(`${program("tsx")} ${command} || true`, app);
  expect(output).toMatch(/^# pass 1\n# fail 1$/m);
  expect(output).toContain(
    '  cp-1: expected "/elsewhere", found "/var/lib/etcd"',
  );
});

test("they run in Jest", () => {
  const output = run(
    `${program("jest")} --config jest.config.json 2>&1 || true`,
    app,
  );
  expect(output).toContain("1 failed, 1 passed");
  expect(output).toContain('There is no file "/etc/kubernetes/none"');
});
