import {
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import {
  LIBRARIES,
  type Library,
  packBoth,
  REPOSITORY,
  run,
  temporaryFolder,
} from "./support/commands";
import { TERRAFORM_NAME } from "../support/requirements";

const folder = temporaryFolder();
let packed: Record<Library, string>;

beforeAll(() => {
  packed = packBoth(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Packages with the versions of the checkout, for npm. */
function pinned(...names: string[]): string {
  const manifest = readFileSync(join(REPOSITORY, "package.json"), "utf8");
  const { devDependencies } = JSON.parse(manifest) as {
    devDependencies: Record<string, string>;
  };
  return names.map((name) => `${name}@${devDependencies[name]}`).join(" ");
}

/** `main.ts` for an app of its own. */
const program = (
  library: Library,
  ownPackage = `${library}-control-plane`,
): string =>
  readFileSync(join(REPOSITORY, "main.ts"), "utf8")
    .replace('"cdktf"', `"${library}"`)
    .replace('"./lib"', `"${ownPackage}"`)
    .replace("import { ControlPlane }", "import { ControlPlane, KeyAlgorithm }")
    .replace(
      "podSubnet:",
      "keyAlgorithm: KeyAlgorithm.ECDSA_P256,\n  podSubnet:",
    );

/** A folder for an app, into which nothing is installed yet. */
function appFolder(name: string): string {
  const app = join(folder, name);
  mkdirSync(app);
  // The scripts are esbuild's, a part of tsx. npm warns of scripts that are not listed here.
  const manifest = { name, private: true, allowScripts: { esbuild: false } };
  writeFileSync(join(app, "package.json"), JSON.stringify(manifest));
  writeFileSync(
    join(app, "cdktf.json"),
    JSON.stringify({ language: "typescript", app: "npx tsx main.ts" }),
  );
  return app;
}

test.each(LIBRARIES)(
  "the tarball for %s holds what users need and nothing else",
  (library) => {
    const files = run(`tar -tzf ${packed[library]}`, folder)
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
    expect(statSync(packed[library]).size).toBeLessThan(1_000_000);
  },
);

describe.each(LIBRARIES)("installed in an empty app on %s", (library) => {
  const ownPackage = `${library}-control-plane`;
  let app = "";
  beforeAll(() => {
    app = appFolder(library);
  });

  test("one command installs it without a warning", () => {
    const output = run(
      `npm install --prefer-offline ${packed[library]} ${pinned(library, "tsx")} 2>&1`,
      app,
    );
    expect(output).toMatch(/added \d+ packages/);
    expect(output).not.toMatch(/warn|deprecated/i);
  });

  test("its types hold, in strict mode and with those of its libraries checked", () => {
    run(
      `npm install --prefer-offline ${pinned("typescript", "@types/node")}`,
      app,
    );
    writeFileSync(join(app, "main.ts"), program(library));
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
    const first = run(`npx ${ownPackage} deploy`, app);
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

test.each([
  ["cdktf", "cdktn"],
  ["cdktn", "cdktf"],
] as const)(
  "fails when an app on %s imports the package for %s, and names the other one",
  (library, wrong: Library) => {
    const app = appFolder(`${library}-with-the-package-for-${wrong}`);
    run(
      `npm install --prefer-offline ${packed[wrong]} ${pinned(library, "tsx")}`,
      app,
    );
    writeFileSync(
      join(app, "main.ts"),
      program(library, `${wrong}-control-plane`),
    );
    expect(() => run(`npx ${wrong}-control-plane deploy`, app)).toThrow(
      `Run \`npm uninstall ${wrong}-control-plane && npm install ${library}-control-plane\`, and import from "${library}-control-plane"`,
    );
  },
);

test("when an app moves from cdktf to cdktn, its plan stays empty", () => {
  const app = join(folder, "cdktf");
  run("npm uninstall cdktf cdktf-control-plane", app);
  run(`npm install --prefer-offline ${packed.cdktn} ${pinned("cdktn")}`, app);
  writeFileSync(join(app, "main.ts"), program("cdktn"));
  expect(run("npx cdktf-control-plane deploy", app)).toMatch(
    /^control-plane: no changes\n/,
  );
});

test("`npx cdktf-control-plane` works in the checkout, too", () => {
  expect(run("npx cdktf-control-plane --version", REPOSITORY)).toMatch(
    /^\d+\.\d+/,
  );
});
