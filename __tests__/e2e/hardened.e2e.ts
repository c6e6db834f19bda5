import { KUBERNETES } from "./binaries";
import { Cluster } from "./cluster";
import { step } from "./steps";

const LOG = "/var/log/kubernetes/audit/audit.log";

/** Answers on kubelet's port with a serving pair of the node: the one that was made for it, or that of another server. */
const KUBELET = `
  const { readFileSync } = require("node:fs");
  const [pair] = process.argv.slice(1);
  require("node:https").createServer(
    { cert: readFileSync(pair + ".crt"), key: readFileSync(pair + ".key") },
    (request, response) => response.end("the kubelet"),
  ).listen(10250, "10.0.0.11");
`;

describe("a hardened control plane of real static pods", () => {
  const cluster = new Cluster({
    main: `
      import { App, LocalBackend, TerraformStack } from "cdktf";
      import { ControlPlane, Hardening, KeyAlgorithm } from "cdktf-control-plane";

      const app = new App();
      const stack = new TerraformStack(app, "hardened");
      new LocalBackend(stack, { path: "../../../terraform.hardened.tfstate" });
      new ControlPlane(stack, "cluster", {
        clusterName: "hardened",
        kubernetesVersion: "${KUBERNETES.text}",
        keyAlgorithm: KeyAlgorithm.ECDSA_P256,
        nodes: [{ name: "cp-1", address: "10.0.0.11" }],
        hardening: Hardening.cis(),
      });
      app.synth();
    `,
    clusterName: "hardened",
    nodes: { "cp-1": "10.0.0.11" },
    adminAddress: "10.0.0.1",
    prefix: 24,
  });
  afterAll(() => cluster.end());

  /** Runs kubectl as the super-admin, whose rights need no object in the cluster. */
  const kubectl = (args: readonly string[], object?: object): Promise<string> =>
    cluster.machines[0].run(
      ["kubectl", "--kubeconfig", "/etc/kubernetes/super-admin.conf", ...args],
      object && { input: JSON.stringify(object) },
    );

  const status = (path: string): Promise<string> =>
    cluster.machines[0].run([
      "curl",
      "-sk",
      "-o",
      "/dev/null",
      "-w",
      "%{http_code}",
      `https://10.0.0.11:6443${path}`,
    ]);

  step("becomes healthy by the probes of its manifests", async () => {
    await cluster.deploy();
    await cluster.start();
    await cluster.ready();
    expect(cluster.podsOf("kube-apiserver")[0].restarts).toBeLessThan(10);
  });

  step("answers requests without a credential only about health", async () => {
    for (const path of ["/livez", "/readyz", "/healthz"])
      expect(await status(path)).toBe("200");
    for (const path of ["/version", "/api", "/metrics", "/debug/pprof/"])
      expect(await status(path)).toBe("401");
  });

  step("serves no profiles, even to administrators", async () => {
    await expect(kubectl(["get", "--raw", "/debug/pprof/"])).rejects.toThrow(
      /not found|could not find/,
    );
  });

  step("refuses a service with an external address", async () => {
    const service = {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "thief" },
      spec: { ports: [{ port: 80 }], externalIPs: ["192.0.2.1"] },
    };
    await expect(kubectl(["create", "-f", "-"], service)).rejects.toThrow(
      /external/i,
    );
  });

  step("records requests, in a file of the node", async () => {
    const { machines } = cluster;
    await kubectl(["create", "namespace", "recorded"]);
    const lines = await machines[0].run(["grep", "recorded", LOG]);
    expect(lines).toContain('"verb":"create"');
    expect(lines).toContain('"level":"Request"');
  });

  step("gives pods tokens that end after an hour", async () => {
    await kubectl(["create", "serviceaccount", "robot"]);
    const pod = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "robot" },
      spec: {
        serviceAccountName: "robot",
        containers: [{ name: "robot", image: "example.org/robot" }],
      },
    };
    await kubectl(["create", "-f", "-"], pod);
    const request = {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenRequest",
      spec: {
        // What kubelet asks for. Kubernetes turns it into a year, unless it is told not to.
        expirationSeconds: 3607,
        boundObjectRef: { apiVersion: "v1", kind: "Pod", name: "robot" },
      },
    };
    const account = "/api/v1/namespaces/default/serviceaccounts/robot";
    const answer = await kubectl(
      ["create", "--raw", `${account}/token`, "-f", "-"],
      request,
    );
    const { token } = (JSON.parse(answer) as { status: { token: string } })
      .status;
    const { iat, exp } = JSON.parse(
      Buffer.from(token.split(".")[1], "base64url").toString(),
    ) as { iat: number; exp: number };
    expect(exp - iat).toBe(3607);
  });

  step("speaks to a kubelet only if it shows its own certificate", async () => {
    const [machine] = cluster.machines;
    const node = {
      apiVersion: "v1",
      kind: "Node",
      metadata: { name: "cp-1" },
      status: {
        addresses: [{ type: "InternalIP", address: "10.0.0.11" }],
        daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      },
    };
    await kubectl(["create", "-f", "-"], node);
    const patch = JSON.stringify({ status: node.status });
    await kubectl([
      "patch",
      "node",
      "cp-1",
      "--subresource=status",
      "-p",
      patch,
    ]);
    const ask = () =>
      kubectl(["get", "--raw", "/api/v1/nodes/cp-1/proxy/pods"]);
    const answerWith = (pair: string) =>
      machine.spawn([process.execPath, "-e", KUBELET, pair], "/dev/null", {});

    const own = answerWith("/var/lib/kubelet/pki/kubelet");
    await expectSoon(ask, /^the kubelet$/);
    own.kill("SIGKILL");
    // A certificate of another CA, with the same address.
    const foreign = answerWith("/etc/kubernetes/pki/etcd/server");
    await expectSoon(ask, /x509|certificate signed by unknown authority/);
    foreign.kill("SIGKILL");
  });
});

/** Asks until the answer or the error is as expected. */
async function expectSoon(
  ask: () => Promise<string>,
  expected: RegExp,
): Promise<void> {
  for (let last = ""; ;) {
    last = await ask().catch((error: Error) => error.message);
    if (expected.test(last)) return;
    if (!/refused|EOF|reset/.test(last)) throw new Error(last);
  }
}
