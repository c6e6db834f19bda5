import { type TerraformStack, TerraformVariable } from "cdktf";
import {
  Certificate,
  CertificateAuthority,
  ControlPlane,
  Duration,
  KeyAlgorithm,
  KeyPair,
  Store,
} from "../../lib";
import { cluster, clusterProps, STORE } from "../support/cluster";
import { Machine } from "../support/machine";
import { Deployment, NOTHING } from "../support/terraform";

/** Fails if the plan changes anything, be it a resource or an output. */
const expectEmptyPlan = (deployment: Deployment) =>
  deployment.terraform(
    undefined,
    "plan",
    "-detailed-exitcode",
    "-input=false",
    "-lock=false",
  );

const notAfter = (deployment: Deployment, store: string, path: string) =>
  (
    JSON.parse(deployment.read(`${store}/.stamps/${path}.json`)) as {
      readonly notAfter: string;
    }
  ).notAfter;

describe("the outputs of a control plane", () => {
  const deployment = new Deployment();
  afterAll(() => deployment.dispose());

  const withUser = (days: number) =>
    cluster({}, (controlPlane) =>
      controlPlane.addUser("jane", { validity: Duration.days(days) }),
    );

  test("end an apply with what people need next, and the next plan is empty", () => {
    const { outputs } = deployment.program(withUser(30)).apply();

    expect(outputs).toEqual({
      cluster_backup:
        "clusters/test holds private keys: back it up, and never commit it",
      cluster_endpoint: "https://api.example.org:6443",
      cluster_kubeconfig: "clusters/test/kubeconfigs/admin.conf",
      cluster_next_expiry: notAfter(deployment, STORE, "kubeconfigs/jane.conf"),
    });
    expectEmptyPlan(deployment);
  });

  test("change only together with a file", () => {
    const { outputs } = deployment.program(withUser(200)).apply();

    expect(outputs.cluster_next_expiry).toBe(
      notAfter(deployment, STORE, "kubeconfigs/jane.conf"),
    );
    expectEmptyPlan(deployment);
  });

  test("do not depend on what a kubelet renews itself, or on what is no stamp", () => {
    const kubelet = `${STORE}/.stamps/nodes/cp-1/root/etc/kubernetes/kubelet.conf.json`;
    const stamp = JSON.parse(deployment.read(kubelet)) as object;
    deployment.write(
      kubelet,
      JSON.stringify({ ...stamp, notAfter: "2001-01-01T00:00:00Z" }),
    );
    deployment.write(`${STORE}/.stamps/broken.json`, "{");
    deployment.write(`${STORE}/.stamps/list.json`, "[1]");
    deployment.write(
      `${STORE}/.stamps/odd.json`,
      '{"notAfter": "${1}\\u001b[31m"}',
    );

    expectEmptyPlan(deployment);
  });

  test("are added once to a cluster of an earlier version, with no other change", () => {
    deployment.write(
      "stack.tfstate",
      JSON.stringify({ ...JSON.parse(deployment.state()), outputs: {} }),
    );

    expect(() => expectEmptyPlan(deployment)).toThrow("Command failed");
    expect(deployment.apply()).toMatchObject({
      changes: NOTHING,
      outputs: { cluster_endpoint: "https://api.example.org:6443" },
    });
    expectEmptyPlan(deployment);
  });

  test("are removed by a destroy", () => {
    deployment.destroy();

    expect(JSON.parse(deployment.state()).outputs).toEqual({});
  });
});

describe("the outputs of", () => {
  let deployment: Deployment;
  beforeEach(() => (deployment = new Deployment()));
  afterEach(() => deployment.dispose());

  test("control planes tell an endpoint that is known only at apply, unless it is sensitive", () => {
    const program = (stack: TerraformStack) => {
      const host = new TerraformVariable(stack, "host", {
        default: "api.example.org",
        sensitive: true,
      });
      const make = (id: string, address: string) =>
        new ControlPlane(stack, id, {
          ...clusterProps({ clusterName: id }),
          endpoint: `${address}:6443`,
        });
      make("shown", new Machine(stack, "machine", "fd00::11").address);
      make("hidden", host.stringValue);
    };

    const { outputs } = deployment.program(program).apply();

    expect(outputs).toMatchObject({
      shown_endpoint: "https://[fd00::11]:6443",
      hidden_endpoint: "(sensitive)",
    });
    expectEmptyPlan(deployment);
  });

  test("stores without a control plane tell when their certificates expire, if there are any", () => {
    const program = (stack: TerraformStack) => {
      const certificateAuthority = new CertificateAuthority(stack, "ca", {
        store: new Store(stack, "pki", { directory: "pki" }),
        commonName: "ca",
        keyAlgorithm: KeyAlgorithm.ECDSA_P256,
      });
      new Certificate(stack, "web", {
        certificateAuthority,
        commonName: "web",
        usages: ["serverAuth"],
        validity: Duration.days(3),
      });
      new KeyPair(stack, "pair", {
        store: new Store(stack, "keys", { directory: "keys" }),
      });
    };

    const { outputs } = deployment.program(program).apply();

    expect(outputs).toEqual({
      pki_backup: "pki holds private keys: back it up, and never commit it",
      pki_next_expiry: notAfter(deployment, "pki", "certificates/web.crt"),
      keys_backup: "keys holds private keys: back it up, and never commit it",
      keys_next_expiry: "none",
    });
    expectEmptyPlan(deployment);
  });
});
