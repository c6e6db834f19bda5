import { X509Certificate } from "node:crypto";
import { TerraformOutput, type TerraformStack } from "cdktf";
import {
  Certificate,
  CertificateAuthority,
  ControlPlane,
  type ControlPlaneProps,
  KeyAlgorithm,
  Kubeconfig,
  KubeconfigUser,
  Store,
} from "../../lib";
import { clusterProps } from "../support/cluster";
import { Machine } from "../support/machine";
import { Deployment, NOTHING } from "../support/terraform";

const deployment = new Deployment();
afterAll(() => deployment.dispose());

describe("machines of the same stack", () => {
  const program =
    (
      addresses: string[],
      names: string[],
      subnets: Partial<ControlPlaneProps> = {},
    ) =>
    (stack: TerraformStack) => {
      const store = new Store(stack, "store", { directory: "clusters/test" });
      const certificateAuthority = new CertificateAuthority(stack, "ca", {
        store,
        commonName: "kubernetes",
        keyAlgorithm: KeyAlgorithm.ECDSA_P256,
      });
      const userData = `#cloud-config\nca: ${certificateAuthority.certificatePem}`;
      const machines = addresses.map((address, i) => {
        const machine = new Machine(stack, `machine-${i + 1}`, address);
        new Machine(stack, `user-data-${i + 1}`, userData);
        return machine;
      });
      const balancer = new Machine(stack, "balancer", names);
      const controlPlane = new ControlPlane(stack, "cluster", {
        ...clusterProps(subnets),
        store,
        certificateAuthority,
        endpoint: `${machines[0].address}:6443`,
        certSans: balancer.names,
        nodes: machines.map(({ address }, i) => ({
          name: `cp-${i + 1}`,
          address,
        })),
      });
      new TerraformOutput(stack, "endpoint", { value: controlPlane.endpoint });
      new TerraformOutput(stack, "not-after", {
        value: controlPlane
          .nodeOf("cp-1")
          ?.apiServer.certificates.get("apiserver")?.notAfter,
      });
    };
  const root = "clusters/test/nodes/cp-1/root/etc/kubernetes";

  test("provide addresses and names that are known only at apply", () => {
    const run = deployment
      .program(
        program(["10.0.0.11", "10.0.0.12"], ["a.example.org", "10.9.9.9"]),
      )
      .apply();

    expect(run.warnings).toEqual([]);
    expect(run.outputs).toMatchObject({ endpoint: "https://10.0.0.11:6443" });
    expect(deployment.plan().changes).toEqual(NOTHING);
    expect(deployment.read(`${root}/manifests/etcd.yaml`)).toContain(
      "--initial-cluster=cp-1=https://10.0.0.11:2380,cp-2=https://10.0.0.12:2380",
    );
    expect(sans(`${root}/pki/apiserver.crt`)).toEqual(
      expect.arrayContaining([
        "DNS:a.example.org",
        "IP Address:10.9.9.9",
        "IP Address:10.0.0.11",
      ]),
    );
  });

  test("can have the CA certificate in their user data, although the CA signs their addresses", () => {
    expect(JSON.parse(deployment.state()).resources).toContainEqual(
      expect.objectContaining({
        name: "user-data-1",
        instances: [
          expect.objectContaining({
            attributes: expect.objectContaining({
              output: {
                type: "string",
                value: expect.stringContaining("BEGIN CERTIFICATE"),
              },
            }),
          }),
        ],
      }),
    );
  });

  test("have no create_before_destroy because of this library", () => {
    expect(JSON.stringify(deployment.synthesized())).not.toContain(
      "create_before_destroy",
    );
    const state = JSON.parse(deployment.state()) as {
      resources: { instances: { create_before_destroy?: boolean }[] }[];
    };
    expect(
      state.resources.flatMap(({ instances }) =>
        instances.filter((instance) => instance.create_before_destroy),
      ),
    ).toEqual([]);
  });

  test("with a changed address change the files that name it, with IPv6 in brackets in URLs", () => {
    const ca = deployment.read("clusters/test/pki/ca.crt");

    const run = deployment
      .program(
        program(["fd00::11", "fd00::12"], ["a.example.org"], {
          podSubnet: "fd00:10:244::/56",
          serviceSubnet: "fd00:10:96::/112",
          allowChangesTo: ["podSubnet", "serviceSubnet"],
        }),
      )
      .apply();

    expect(run.outputs).toMatchObject({ endpoint: "https://[fd00::11]:6443" });
    expect(deployment.plan().changes).toEqual(NOTHING);
    const etcd = deployment.read(`${root}/manifests/etcd.yaml`);
    expect(etcd).toContain(
      "--initial-cluster=cp-1=https://[fd00::11]:2380,cp-2=https://[fd00::12]:2380",
    );
    expect(etcd).toContain(
      "--listen-client-urls=https://[::1]:2379,https://[fd00::11]:2379",
    );
    expect(deployment.read("clusters/test/kubeconfigs/admin.conf")).toContain(
      "server: https://[fd00::11]:6443",
    );
    expect(deployment.read(`${root}/manifests/kube-apiserver.yaml`)).toContain(
      "--advertise-address=fd00::11",
    );
    expect(deployment.read("clusters/test/pki/ca.crt")).toBe(ca);
  });

  function sans(path: string): string[] {
    const certificate = new X509Certificate(deployment.read(path));
    return (certificate.subjectAltName ?? "").split(", ");
  }
});

describe("two control planes in one stack", () => {
  const both = new Deployment();
  afterAll(() => both.dispose());

  test("have their own CAs and files", () => {
    both
      .program((stack) => {
        for (const name of ["blue", "green"])
          new ControlPlane(stack, name, {
            ...clusterProps({ clusterName: name }),
          });
      })
      .apply();

    expect(both.plan().changes).toEqual(NOTHING);
    expect(both.files("clusters/blue")).toContain("kubeconfigs/admin.conf");
    expect(both.read("clusters/blue/pki/ca.crt")).not.toBe(
      both.read("clusters/green/pki/ca.crt"),
    );
  });

  test("are independent when one is removed", () => {
    const green = both.hashes("clusters/green");

    const run = both
      .program((stack) => {
        new ControlPlane(
          stack,
          "green",
          clusterProps({ clusterName: "green" }),
        );
      })
      .apply();

    expect(run.changes.replaced).toEqual([]);
    expect(run.changes.created).toEqual([]);
    expect(both.hashes("clusters/green")).toEqual(green);
  });
});

/** A CA with a certificate and a kubeconfig, which take little time to make, to test values as Terraform attributes. */
function authority(stack: TerraformStack, names: string[] = []) {
  const store = new Store(stack, "store", { directory: "secrets" });
  const certificateAuthority = new CertificateAuthority(stack, "ca", {
    store,
    commonName: "ca",
    keyAlgorithm: KeyAlgorithm.ECDSA_P256,
  });
  const certificate = new Certificate(stack, "certificate", {
    certificateAuthority,
    commonName: "gateway",
    names,
    usages: ["serverAuth"],
    keyAlgorithm: KeyAlgorithm.ECDSA_P256,
  });
  const kubeconfig = new Kubeconfig(stack, "kubeconfig", {
    certificateAuthority,
    server: "https://api.example.org:6443",
    user: KubeconfigUser.certificate({ commonName: "admin" }),
    keyAlgorithm: KeyAlgorithm.ECDSA_P256,
  });
  return { certificateAuthority, certificate, kubeconfig };
}

test("a stack reads values from another stack", () => {
  const stacks = new Deployment();
  const made: ReturnType<typeof authority>[] = [];
  stacks.program({
    platform: (stack) => {
      made.push(authority(stack));
    },
    workload: (stack) => {
      const [{ kubeconfig, certificateAuthority }] = made;
      new TerraformOutput(stack, "kubeconfig", { value: kubeconfig.path });
      new TerraformOutput(stack, "ca", {
        value: certificateAuthority.certificatePem,
      });
    },
  });

  stacks.apply("platform");
  const { outputs } = stacks.apply("workload");

  expect(outputs).toEqual({
    kubeconfig: stacks.path("secrets/kubeconfigs/kubeconfig.conf"),
    ca: stacks.read("secrets/pki/ca.crt"),
  });
  expect(stacks.plan("platform").changes).toEqual(NOTHING);
  expect(stacks.plan("workload").changes).toEqual(NOTHING);
  stacks.dispose();
});

describe("a value of an artefact", () => {
  const consumer = new Deployment();
  afterAll(() => consumer.dispose());
  const program = (names: string[]) => (stack: TerraformStack) => {
    const made = authority(stack, names);
    new Machine(stack, "certificate-pem", made.certificate.certificatePem);
    new Machine(stack, "not-after", made.kubeconfig.notAfter);
    new Machine(stack, "path", made.kubeconfig.path);
  };

  test("is read after the artefact is made, and another resource uses it", () => {
    consumer.program(program(["a.example.org"])).apply();

    expect(consumer.plan().changes).toEqual(NOTHING);
    expect(value("certificate-pem")).toBe(
      consumer.read("secrets/certificates/certificate.crt"),
    );
    expect(value("not-after")).toMatch(/^20\d\d-\d\d-\d\dT[\d:]+Z$/);
  });

  test("changes the resource that uses it when the artefact is made again, and nothing else", () => {
    const run = consumer.program(program(["b.example.org"])).apply();

    expect(run.changes.updated).toEqual(["terraform_data.certificate-pem"]);
    expect(value("certificate-pem")).toBe(
      consumer.read("secrets/certificates/certificate.crt"),
    );
    expect(consumer.plan().changes).toEqual(NOTHING);
  });

  function value(name: string): unknown {
    const { resources } = JSON.parse(consumer.state()) as {
      resources: {
        name: string;
        instances: { attributes: { output: { value: unknown } } }[];
      }[];
    };
    return resources.find((resource) => resource.name === name)?.instances[0]
      .attributes.output.value;
  }
});
