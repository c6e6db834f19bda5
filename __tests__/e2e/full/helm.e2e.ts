import { readFileSync } from "node:fs";
import { parseKubeconfig } from "../../../lib/agent/cluster/kubeconfig";
import { partsOf, textsIn } from "../../support/leaks";
import { Place, succeeded } from "../local/place";
import { HELM, mirror } from "../providers";
import { say } from "../say";
import { step } from "../steps";

const GREETING = "Hello from the second stack";
const CHANGED = "Good morning";

describe("examples/helm: a release in a cluster of another stack", () => {
  const place = new Place({
    name: "helm",
    clusterName: "debug",
    files: ["chart"],
  });
  Object.assign(place.environment, {
    TF_CLI_CONFIG_FILE: mirror(HELM, place.path("mirror"), say),
    TF_LOG: "trace",
    TF_LOG_PATH: place.path("terraform.log"),
  });

  afterAll(async () => {
    await place.controlPlane("destroy");
    place.end();
  });

  const greet = (greeting: string): void =>
    place.change((main) =>
      main.replace(CONFIGURED, OLDER).replace(GREETING, greeting),
    );
  const get = (...words: string[]): Promise<string> =>
    place.kubectl("get", "--namespace", "hello", ...words);
  const greeting = (): Promise<string> =>
    get("configmap", "hello", "--output", "jsonpath={.data.greeting}");
  /** The revisions of the release, as Helm stores them. */
  const revisions = async (): Promise<string[]> => {
    const names = await get("secrets", "-l", "owner=helm", "-o", "name");
    return names.split("\n").filter(Boolean);
  };

  step("is made after the cluster, in one deploy", async () => {
    greet(GREETING);
    const said = await place.deploy();
    for (const line of said.trim().split("\n")) say(`| ${line}`);
    expect(said).toMatch(
      /kube-apiserver: ready after[^]*helm_release\.hello: made/,
    );
    expect(await greeting()).toBe(GREETING);
    expect(await revisions()).toEqual([revision(1)]);
  });

  step("needs no changes afterwards", async () => {
    expect(await place.controlPlane("plan")).toMatchObject({
      exitCode: 0,
      stdout: "cluster: no changes\n\napps: no changes\n",
    });
  });

  step("is upgraded when a value changes", async () => {
    greet(CHANGED);
    // The next step reads the saved plan.
    const planned = await place.controlPlane("plan", "apps", "--out", "saved");
    expect(planned.exitCode).toBe(2);
    await place.deploy();
    expect(await greeting()).toBe(CHANGED);
    expect(await revisions()).toEqual([revision(1), revision(2)]);
  });

  step("is made with a key that Terraform never had", () => {
    const [log, cluster, state] = [
      "terraform.log",
      "terraform.cluster.tfstate",
      "terraform.apps.tfstate",
    ].map((file) => readFileSync(place.path(file), "utf8"));
    const saved = JSON.parse(readFileSync(place.path("saved"), "utf8")) as {
      terraform: string;
    };
    const plan = textsIn(Buffer.from(saved.terraform, "base64"));
    expect(log).toContain("helm_release.hello: applying");
    for (const text of [state, plan]) expect(text).toContain(CHANGED);

    const kubeconfig = place.store("kubeconfigs/helm.conf");
    const { client } = parseKubeconfig(
      readFileSync(kubeconfig, "utf8"),
      kubeconfig,
    );
    const parts = partsOf(client.key);
    for (const text of [log, cluster, state, plan])
      expect(parts.filter((part) => text.includes(part))).toEqual([]);
    return Promise.resolve();
  });

  step("is removed when its stack is destroyed", async () => {
    const said = succeeded(await place.controlPlane("destroy", "apps"));
    expect(said).toContain("helm_release.hello: destroyed");
    expect(await revisions()).toEqual([]);
    await expect(greeting()).rejects.toThrow('"hello" not found');
  });
});

const revision = (number: number): string =>
  `secret/sh.helm.release.v1.hello.v${number}`;

const CONFIGURED =
  'new HelmProvider(apps, "helm", { kubernetes: helm.credentials(apps) });';
const V1BETA1 = "client.authentication.k8s.io/v1beta1";

/**
 * The provider is older than its bindings: it would begin with the user's kubeconfig, knows an older answer of the command
 * that has the key, and does not tell the command so.
 */
const OLDER = `const provider = ${CONFIGURED}
apps.addOverride("terraform.required_providers.helm.version", "${HELM.version}");
provider.addOverride("kubernetes.load_config_file", false);
provider.addOverride("kubernetes.exec.api_version", "${V1BETA1}");
provider.addOverride("kubernetes.exec.env", { KUBERNETES_EXEC_INFO: '{"apiVersion":"${V1BETA1}"}' });`;
