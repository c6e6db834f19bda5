import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseKubeconfig } from "../../lib/agent/cluster/kubeconfig";
import { type Outcome, Project } from "../cli/support/project";
import { helmProvider } from "../support/helm-provider";
import { BINARIES, program, run } from "./api-server";
import { REPOSITORY } from "./cluster";
import { removeAtTheEnd } from "./machines";
import { step } from "./steps";

const EXAMPLE = join(REPOSITORY, "examples/helm");

/**
 * The example, with the programs from the PATH. The provider that can be built has a client of Kubernetes 1.18, which
 * knows only the earlier version of the credential, and does not say so itself.
 */
const MAIN = [
  ['  binaryDirectory: "bin",\n', ""],
  [
    "kubernetes: helm.credentials(apps)",
    `kubernetes: withVersion("client.authentication.k8s.io/v1beta1")`,
  ],
  [
    "new HelmProvider",
    `function withVersion(apiVersion: string) {
  const credentials = helm.credentials(apps);
  const env = { KUBERNETES_EXEC_INFO: JSON.stringify({ apiVersion }) };
  return { ...credentials, exec: { ...credentials.exec, apiVersion, env } };
}
new HelmProvider`,
  ],
].reduce(
  (main, [from, to]) => {
    if (!main.includes(from)) throw new Error(`the example has no ${from}`);
    return main.replace(from, () => to);
  },
  readFileSync(join(EXAMPLE, "main.ts"), "utf8"),
);

const project = new Project(MAIN);
removeAtTheEnd(project.directory);
cpSync(join(EXAMPLE, "chart"), project.path("chart"), { recursive: true });

const environment = {
  PATH: `${BINARIES}:${process.env.PATH}`,
  TSX_TSCONFIG_PATH: join(REPOSITORY, "tsconfig.json"),
  CHECKPOINT_DISABLE: "1",
  TF_CLI_CONFIG_FILE: "",
};
const controlPlane = async (...words: string[]): Promise<string> =>
  succeeded(await project.run(words.join(" "), environment));

function succeeded({ exitCode, stdout, stderr }: Outcome): string {
  if (exitCode !== 0) throw new Error(stdout + stderr);
  return stdout;
}

beforeAll(() => {
  environment.TF_CLI_CONFIG_FILE = helmProvider();
}, 900_000);
afterAll(async () => {
  await project.run("destroy", environment);
  project.end();
});

const kubeconfig = () => project.path("clusters/debug/kubeconfigs/helm.conf");
const greeting = () =>
  run(program("kubectl"), [
    "--kubeconfig",
    kubeconfig(),
    "--namespace=hello",
    "get",
    "configmap",
    "hello",
    "--output=jsonpath={.data.greeting}",
  ]);

describe("examples/helm: a Helm release in a second stack", () => {
  step("one deploy makes the cluster, and then the release", async () => {
    const said = await controlPlane("deploy");
    expect(said.indexOf("cluster: ")).toBeLessThan(said.indexOf("apps: "));
    expect(await greeting()).toBe("Hello from the second stack");
  });

  step("the states have no part of the key", async () => {
    const { client } = parseKubeconfig(
      readFileSync(kubeconfig(), "utf8"),
      "helm.conf",
    );
    const states = ["cluster", "apps"].map((stack) =>
      readFileSync(project.path(`terraform.${stack}.tfstate`), "utf8"),
    );
    expect(states.join()).toContain("helm_release");
    const [, line] = client.key.split("\n");
    const base64 = Buffer.from(client.key).toString("base64").slice(0, 60);
    for (const part of [line, base64])
      expect(states.join()).not.toContain(part);
  });

  step("a second deploy changes nothing", async () => {
    const said = await controlPlane("deploy");
    expect(said).toContain("cluster: no changes");
    expect(said).toContain("apps: no changes");
  });

  step("a changed value is a change of the release alone", async () => {
    project.write("main.ts", MAIN.replace("Hello from", "Goodbye from"));
    const said = await controlPlane("deploy");
    expect(said).toContain("cluster: no changes");
    expect(await greeting()).toBe("Goodbye from the second stack");
  });

  step("kubectl takes the command as its credential plugin", async () => {
    const config = JSON.parse(
      await run(program("kubectl"), [
        "--kubeconfig",
        kubeconfig(),
        "config",
        "view",
        "--raw",
        "--output=json",
      ]),
    ) as { users: { user: object }[] };
    config.users[0].user = {
      exec: {
        apiVersion: "client.authentication.k8s.io/v1",
        command: process.execPath,
        args: [
          join(REPOSITORY, "dist/control-plane.cjs"),
          "token",
          kubeconfig(),
        ],
        interactiveMode: "Never",
      },
    };
    project.write("plugin.json", JSON.stringify(config));
    const words = [
      "--kubeconfig",
      project.path("plugin.json"),
      "auth",
      "whoami",
    ];
    expect(await run(program("kubectl"), words)).toMatch(/Username +helm\n/);
  });

  step("destroy removes the release before the cluster", async () => {
    const said = await controlPlane("destroy");
    expect(said.indexOf("apps: ")).toBeLessThan(said.indexOf("cluster: "));
  });
});
