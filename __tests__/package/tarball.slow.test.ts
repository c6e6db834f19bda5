import {
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { pack, REPOSITORY, run, temporaryFolder } from "./support/commands";
import { TERRAFORM_NAME } from "../support/requirements";

const folder = temporaryFolder();
const app = join(folder, "app");
let tarball = "";

const versionOf = (name: string): string => {
  const manifest = readFileSync(join(REPOSITORY, "package.json"), "utf8");
  return (JSON.parse(manifest) as { devDependencies: Record<string, string> })
    .devDependencies[name];
};

beforeAll(() => {
  tarball = pack(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the tarball holds what users need and nothing else", () => {
  const files = run(`tar -tzf ${tarball}`, folder)
    .trim()
    .split("\n")
    .map((file) => file.replace(/^package\//, ""));
  expect(files).toEqual(
    expect.arrayContaining([
      "package.json",
      "README.md",
      "LICENSE",
      "lib/index.js",
      "lib/index.d.ts",
      "lib/testing/index.d.ts",
      "lib/testing/jest.js",
      "dist/agent.cjs",
      "dist/control-plane.cjs",
    ]),
  );
  const allowed =
    /^(package\.json|README\.md|CHANGELOG\.md|LICENSE|docs\/.*\.(md|svg)|dist\/(agent|control-plane)\.cjs|lib\/((base|catalog|cli|props|render|request|store|terraform|testing|constructs)\/.*|index)\.(js|d\.ts))$/;
  expect(files.filter((file) => !allowed.test(file))).toEqual([]);
  expect(statSync(tarball).size).toBeLessThan(1_000_000);
});

describe("installed in an empty cdktf app", () => {
  test("it installs without a warning of its own", () => {
    mkdirSync(app);
    const versions = ["cdktf", "constructs", "tsx", "typescript", "@types/node"]
      .map((name) => `${name}@${versionOf(name)}`)
      .join(" ");
    writeFileSync(
      join(app, "package.json"),
      JSON.stringify({
        name: "app",
        private: true,
        // Of tsx; ours has none.
        allowScripts: { esbuild: false },
      }),
    );
    const output = run(
      `npm install --prefer-offline ${tarball} ${versions} 2>&1`,
      app,
    );
    expect(output).toMatch(/added \d+ packages/);
    expect(output).not.toMatch(/peer|deprecated|EBADENGINE|install-scripts/);
  });

  test("its types hold, in strict mode and with those of its libraries checked", () => {
    const main = readFileSync(join(REPOSITORY, "main.ts"), "utf8")
      .replace('"./lib"', '"cdktf-control-plane"')
      .replace(
        "import { ControlPlane }",
        "import { ControlPlane, KeyAlgorithm }",
      )
      .replace(
        "podSubnet:",
        "keyAlgorithm: KeyAlgorithm.ECDSA_P256,\n  podSubnet:",
      );
    writeFileSync(join(app, "main.ts"), main);
    writeFileSync(
      join(app, "cdktf.json"),
      JSON.stringify({ language: "typescript", app: "npx tsx main.ts" }),
    );
    const stricter = {
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
    };
    for (const more of [{}, stricter]) {
      const compilerOptions = {
        target: "ES2022",
        module: "CommonJS",
        strict: true,
        skipLibCheck: false,
        noEmit: true,
        types: ["node"],
        ...more,
      };
      writeFileSync(
        join(app, "tsconfig.json"),
        JSON.stringify({ compilerOptions, include: ["main.ts"] }),
      );
      run("npx tsc", app);
    }
  });

  test("it deploys, plans nothing more, is inspected and destroyed", () => {
    const first = run("npx cdktf-control-plane deploy", app);
    expect(first).toContain("control-plane: 126 files to make");
    expect(first).toContain(
      "export KUBECONFIG=clusters/example/kubeconfigs/admin.conf",
    );
    expect(run("npx cdktf-control-plane deploy", app)).toMatch(
      /^control-plane: no changes\n/,
    );
    const table = run("npx cdktf-control-plane inspect", app);
    expect(table).toMatch(/^clusters\/example \(cluster example/);
    const json = run(
      "npx cdktf-control-plane inspect clusters/example --json",
      app,
    );
    expect(JSON.parse(json)).toMatchObject({ exitCode: 0 });
    expect(run("npx cdktf-control-plane destroy", app)).toContain(
      "clusters/example/pki: kept",
    );
  });

  test("Terraform by hand sees the same", () => {
    run("npx tsx main.ts", app);
    const stack = join(app, "cdktf.out/stacks/control-plane");
    const environment = { TF_CLI_CONFIG_FILE: "", CHECKPOINT_DISABLE: "1" };
    run(`${TERRAFORM_NAME} init -input=false`, stack, environment);
    run(
      `${TERRAFORM_NAME} apply -auto-approve -input=false`,
      stack,
      environment,
    );
    run(
      `${TERRAFORM_NAME} plan -detailed-exitcode -input=false`,
      stack,
      environment,
    );
    expect(run("npx cdktf-control-plane deploy", app)).toContain("no changes");
  });
});

test("`npx cdktf-control-plane` works in the checkout, too", () => {
  expect(run("npx cdktf-control-plane --version", REPOSITORY)).toMatch(
    /^\d+\.\d+/,
  );
});
