import { rmSync, writeFileSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY, run, temporaryFolder } from "./support/commands";

/** The same app under cdktf's own command line, which needs no terminal either. */
const folder = temporaryFolder();
const app = temporaryFolder();
const environment = {
  CHECKPOINT_DISABLE: "1",
  TF_CLI_CONFIG_FILE: "",
  CI: "true",
};
const cdktf = (command: string): string =>
  run(
    `${join(folder, "node_modules/.bin/cdktf")} ${command} 2>&1`,
    app,
    environment,
  );

beforeAll(() => {
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({
      private: true,
      // It only draws on a terminal.
      allowScripts: { "@cdktf/node-pty-prebuilt-multiarch": false },
    }),
  );
  run("npm install --prefer-offline cdktf-cli@0.21.0", folder);

  symlinkSync(join(REPOSITORY, "node_modules"), join(app, "node_modules"));
  writeFileSync(
    join(app, "cdktf.json"),
    readFileSync(join(REPOSITORY, "cdktf.json")),
  );
  const main = readFileSync(join(REPOSITORY, "main.ts"), "utf8")
    .replace(
      'import { ControlPlane } from "./lib"',
      `import { ControlPlane, KeyAlgorithm } from ${JSON.stringify(join(REPOSITORY, "lib"))}`,
    )
    .replace(
      "podSubnet:",
      "keyAlgorithm: KeyAlgorithm.ECDSA_P256,\n  podSubnet:",
    );
  writeFileSync(join(app, "main.ts"), main);
});
afterAll(() => {
  for (const path of [folder, app])
    rmSync(path, { recursive: true, force: true });
});

test("`cdktf deploy` makes what `cdktf diff` shows, and then there is nothing more to make", () => {
  expect(cdktf("synth")).toContain(
    "Generated Terraform code for the stacks: control-plane",
  );
  expect(cdktf("diff")).toMatch(
    /Plan:.* \d+ to add, 0 to change, 0 to destroy/,
  );
  const deployed = cdktf("deploy --auto-approve");
  expect(deployed).toContain("cp-3: 36 files made");
  expect(deployed).toContain("clusters/example/kubeconfigs/admin.conf");
  expect(cdktf("diff")).toContain("No changes.");
  expect(cdktf("destroy --auto-approve")).toContain(
    "clusters/example/pki: kept",
  );
});
