import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { HelmProvider } from "@cdktf/provider-helm/lib/provider";
import { App, TerraformStack, Testing } from "cdktf";
import {
  CertificateAuthority,
  ControlPlane,
  type EphemeralCredentials,
  Kubeconfig,
  KubeconfigUser,
  NodeAccess,
  type ProviderCredentials,
  ServiceAccountToken,
  Store,
} from "../../lib";
import type { Json } from "../support/kubeadm";

const OWN = KubeconfigUser.certificate({ commonName: "helm" });

/** An app with a CA and a kubeconfig in one stack, and a second stack. */
function twoStacks({ directory = "clusters/prod", user = OWN } = {}) {
  const app = Testing.app();
  const cluster = new TerraformStack(app, "cluster");
  const store = new Store(cluster, "store", { directory });
  const certificateAuthority = new CertificateAuthority(cluster, "ca", {
    store,
    commonName: "kubernetes",
  });
  const kubeconfig = new Kubeconfig(cluster, "helm", {
    certificateAuthority,
    server: "https://api.example.org:6443",
    user,
  });
  return { cluster, kubeconfig, apps: new TerraformStack(app, "apps") };
}

/** What a stack with a provider that has these credentials becomes. */
function synthesized(
  apps: TerraformStack,
  ...credentials: (ProviderCredentials | EphemeralCredentials)[]
) {
  credentials.forEach((kubernetes, i) => {
    new HelmProvider(apps, `helm-${i}`, { kubernetes, alias: `helm-${i}` });
  });
  const app = App.of(apps);
  app.synth();
  try {
    const read = (path: string): Json =>
      JSON.parse(readFileSync(join(app.outdir, path), "utf8"));
    const stack = read("stacks/apps/cdk.tf.json");
    const { dependencies } = read("manifest.json").stacks.apps;
    const kubernetes = stack.provider.helm.map((helm: Json) => helm.kubernetes);
    return { stack, dependencies, kubernetes };
  } finally {
    rmSync(app.outdir, { recursive: true });
  }
}

const HOST = "https://api.example.org:6443";
const CA = expect.stringMatching(
  /^\$\{data\.terraform_remote_state\.cross-stack-reference-input-cluster\.outputs\.\S+-pem_\w+\}$/,
);
const command = (path: string) => ({
  api_version: "client.authentication.k8s.io/v1",
  command: "node",
  args: [
    "assets/control-plane-command/current/control-plane.cjs",
    "token",
    path,
  ],
});

describe("credentials", () => {
  test("are the address, the CA, and a command that reads the key from the store", () => {
    const { apps, kubeconfig } = twoStacks();
    const { kubernetes, dependencies } = synthesized(
      apps,
      kubeconfig.credentials(apps),
    );
    expect(kubernetes).toEqual([
      {
        host: HOST,
        cluster_ca_certificate: CA,
        exec: command("../../../clusters/prod/kubeconfigs/helm.conf"),
      },
    ]);
    expect(dependencies).toEqual(["cluster"]);
  });

  test.each([
    [
      "of each workspace",
      "clusters/${terraform.workspace}",
      "../../../clusters/${terraform.workspace}/kubeconfigs/helm.conf",
    ],
    ["at an absolute path", "/srv/prod", "/srv/prod/kubeconfigs/helm.conf"],
  ])("find the store %s", (_, directory, path) => {
    const { apps, kubeconfig } = twoStacks({ directory });
    const { kubernetes } = synthesized(apps, kubeconfig.credentials(apps));
    expect(kubernetes[0].exec).toEqual(command(path));
  });

  test("fail in the stack of the cluster itself", () => {
    const { cluster, kubeconfig } = twoStacks();
    for (const method of ["credentials", "ephemeralCredentials"] as const)
      expect(() => kubeconfig[method](cluster)).toThrow(
        'Credentials were asked for in "cluster", the stack of the cluster itself.',
      );
  });

  test.each([
    ["files", KubeconfigUser.files({ certificate: "a.crt", key: "a.key" })],
    ["a command", KubeconfigUser.exec({ command: "login" })],
    ["a file with a token", KubeconfigUser.tokenFile("/token")],
  ])("fail for a kubeconfig that refers to %s", (_, user) => {
    const { apps, kubeconfig } = twoStacks({ user });
    for (const method of ["credentials", "ephemeralCredentials"] as const)
      expect(() => kubeconfig[method](apps)).toThrow(
        /has no credential of its own.*configPath: kubeconfig\.path/,
      );
  });
});

describe("ephemeral credentials", () => {
  const FILE =
    'yamldecode(file("../../../clusters/prod/kubeconfigs/helm.conf")).users[0].user';
  const ephemeral = (value: string) =>
    `\${sensitive("\${var.control-plane-ephemeral}\${${value}}")}`;

  test("are a certificate and its key, read from the store, and marked", () => {
    const { apps, kubeconfig } = twoStacks();
    const { stack, kubernetes } = synthesized(
      apps,
      kubeconfig.ephemeralCredentials(apps),
      kubeconfig.ephemeralCredentials(apps),
    );
    const expected = {
      host: HOST,
      cluster_ca_certificate: CA,
      client_certificate: ephemeral(
        `base64decode(${FILE}["client-certificate-data"])`,
      ),
      client_key: ephemeral(`base64decode(${FILE}["client-key-data"])`),
    };
    expect(kubernetes).toEqual([expected, expected]);
    expect(stack.variable).toEqual({
      "control-plane-ephemeral": {
        type: "string",
        default: "",
        ephemeral: true,
        description: expect.any(String),
      },
    });
    expect(stack.terraform.required_version).toBe(">= 1.10.0");
  });

  test("are a token, for a service account", () => {
    const app = Testing.app();
    const controlPlane = new ControlPlane(
      new TerraformStack(app, "cluster"),
      "prod",
      {
        clusterName: "prod",
        kubernetesVersion: "1.36.3",
        endpoint: "api.example.org:6443",
        nodes: [
          {
            name: "cp-1",
            address: "10.0.0.1",
            access: NodeAccess.ssh({ host: "10.0.0.1" }),
          },
        ],
      },
    );
    const helm = new ServiceAccountToken(controlPlane, "helm", {
      controlPlane,
      namespace: "web",
    });
    const apps = new TerraformStack(app, "apps");
    const { kubernetes } = synthesized(
      apps,
      helm.ephemeralCredentials(apps),
      helm.credentials(apps),
    );
    expect(kubernetes).toEqual([
      {
        host: HOST,
        cluster_ca_certificate: CA,
        token: ephemeral(`${FILE}.token`),
      },
      {
        host: HOST,
        cluster_ca_certificate: CA,
        exec: command("../../../clusters/prod/kubeconfigs/helm.conf"),
      },
    ]);
  });
});
