import { rmSync, writeFileSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY, run, temporaryFolder } from "./support/commands";
import { nodeOf, withNode } from "./support/node";

/** The command lines of the two libraries. cdktn's needs a newer Node than this library. */
const COMMAND_LINES = [
  { library: "cdktf", version: "0.21.0" },
  {
    library: "cdktn",
    version: "0.24.0",
    node: 22,
    options: `--import ${join(REPOSITORY, "__tests__/support/with-cdktn.mjs")}`,
  },
];

describe.each(COMMAND_LINES)("$library's own command line", (row) => {
  const { library, version, node, options } = row;
  const folder = temporaryFolder();
  const app = temporaryFolder();
  // Without a terminal, which neither of them needs.
  const environment: NodeJS.ProcessEnv = {
    CHECKPOINT_DISABLE: "1",
    TF_CLI_CONFIG_FILE: "",
    NODE_OPTIONS: options,
    CI: "true",
  };
  const cli = (command: string): string =>
    run(
      `${join(folder, "node_modules/.bin", library)} ${command} 2>&1`,
      app,
      environment,
    );

  beforeAll(() => {
    if (node) Object.assign(environment, withNode(nodeOf(node, folder)));
    writeFileSync(
      join(folder, "package.json"),
      JSON.stringify({
        private: true,
        // It only draws on a terminal.
        allowScripts: { "@cdktf/node-pty-prebuilt-multiarch": false },
      }),
    );
    run(
      `npm install --prefer-offline ${library}-cli@${version}`,
      folder,
      environment,
    );

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

  test("`deploy` makes what `diff` shows, and then there is nothing more to make", () => {
    expect(cli("synth")).toContain(
      "Generated Terraform code for the stacks: control-plane",
    );
    expect(cli("diff")).toMatch(
      /Plan:.* \d+ to add, 0 to change, 0 to destroy/,
    );
    const deployed = cli("deploy --auto-approve");
    expect(deployed).toContain("cp-3: 36 files made");
    expect(deployed).toContain("clusters/example/kubeconfigs/admin.conf");
    expect(cli("diff")).toContain("No changes.");
    expect(cli("destroy --auto-approve")).toContain(
      "clusters/example/pki: kept",
    );
  });
});
