import type { TerraformStack } from "cdktf";
import {
  CertificateAuthority,
  ControlPlane,
  type ControlPlaneProps,
  NodeAccess,
  Runtime,
  Store,
  type WorkerPoolProps,
} from "../../lib";
import { clusterProps, node } from "../support/cluster";
import { artefactsOf, yamlOf } from "../support/synthesized";
import { warningsOf } from "../support/warnings";

type Pool = Omit<WorkerPoolProps, "nodes">;

const WORKER = { name: "worker-1", address: "10.0.0.21" };

const program =
  (
    pool: Pool = {},
    worker: object = {},
    props: Partial<ControlPlaneProps> = {},
  ) =>
  (stack: TerraformStack) =>
    void new ControlPlane(stack, "cluster", clusterProps(props)).addWorkers(
      "general",
      { ...pool, nodes: [{ ...WORKER, ...worker }] },
    );

const filesOf = (...given: Parameters<typeof program>) => {
  const files = artefactsOf(program(...given));
  return (path: string) => files.get(`nodes/worker-1/root${path}`);
};

const FLAGS = "/var/lib/kubelet/kubeadm-flags.env";
const CONFIG = "/var/lib/kubelet/config.yaml";
const KUBECONFIG = "/etc/kubernetes/kubelet.conf";

const ZONE = "topology.kubernetes.io/zone";
const TAINT = { key: "dedicated", value: "db", effect: "NoSchedule" } as const;

describe("a worker without a host", () => {
  test("gets its labels and those of its pool from its kubelet", () => {
    const file = filesOf(
      { labels: { "example.org/gpu": "a100", [ZONE]: "a" } },
      { labels: { [ZONE]: "b" } },
    );
    expect(file(FLAGS)!.spec).toContain(
      `--node-labels=example.org/gpu=a100,${ZONE}=b`,
    );
  });

  test("keeps the labels that the user gives kubelet", () => {
    const file = filesOf(
      { labels: { a: "1" }, kubelet: { extraArgs: { "node-labels": "b=2" } } },
      {},
    );
    expect(file(FLAGS)!.spec).toContain("--node-labels=b=2,a=1");
  });

  test("gets its taints from its kubelet's configuration", () => {
    const file = filesOf({ taints: [TAINT] });
    expect(yamlOf(file(CONFIG)!).registerWithTaints).toEqual([TAINT]);
    expect(file(FLAGS)!.spec).not.toContain("taints");
  });

  test("keeps the taints that the user gives kubelet, in its configuration and as a flag", () => {
    const other = { key: "a", effect: "NoExecute" };
    const file = filesOf({
      taints: [TAINT],
      kubelet: {
        config: { registerWithTaints: [other] },
        extraArgs: { "register-with-taints": "b=:NoSchedule" },
      },
    });
    expect(yamlOf(file(CONFIG)!).registerWithTaints).toEqual([other, TAINT]);
    expect(file(FLAGS)!.spec).toContain(
      "--register-with-taints=b=:NoSchedule,dedicated=db:NoSchedule",
    );
  });

  test("has them in its unit, if its components are units", () => {
    const file = filesOf(
      { labels: { a: "1" } },
      {},
      { runtime: Runtime.systemd() },
    );
    expect(file("/etc/systemd/system/kubelet.service")!.spec).toContain(
      "--node-labels=a=1",
    );
  });

  test("has a kubeconfig with which its kubelet joins through the endpoint", () => {
    const spec = yamlOf(filesOf()(KUBECONFIG)!);
    expect(spec.clientCertificate.subject).toEqual({
      commonName: "system:node:worker-1",
      organizations: ["system:nodes"],
    });
    expect(spec.config.clusters[0].cluster.server).toBe(
      "https://api.example.org:6443",
    );
  });

  test("joins through the only API server, if there is no endpoint", () => {
    const file = filesOf(
      {},
      {},
      { endpoint: undefined, runtime: Runtime.systemd() },
    );
    for (const path of [KUBECONFIG, "/etc/kubernetes/kube-proxy.conf"])
      expect(yamlOf(file(path)!).config.clusters[0].cluster.server).toBe(
        "https://10.0.0.11:6443",
      );
  });

  test("warns of labels that its kubelet may not set, with the command that sets them", () => {
    const labels = {
      "node-role.kubernetes.io/worker": "",
      "node-restriction.kubernetes.io/pci": "yes",
      "kubelet.kubernetes.io/x": "y",
    };
    expect(warningsOf(program({ labels }))).toEqual([
      expect.stringContaining(
        "kubectl label node worker-1 node-role.kubernetes.io/worker= node-restriction.kubernetes.io/pci=yes",
      ),
    ]);
    expect(filesOf({ labels })(FLAGS)!.spec).toContain(
      "--node-labels=kubelet.kubernetes.io/x=y",
    );
  });

  test("without labels and taints has the files of before, and a kubeconfig", () => {
    const file = filesOf();
    expect(file(FLAGS)!.spec).not.toContain("labels");
    expect(yamlOf(file(CONFIG)!)).not.toHaveProperty("registerWithTaints");
  });
});

describe("nodes that get their labels and taints in another way", () => {
  const ssh = (host: string) => NodeAccess.ssh({ host });

  test("a worker with a host has neither them nor a kubeconfig in its files", () => {
    const file = filesOf(
      {
        labels: { a: "1", "node-role.kubernetes.io/worker": "" },
        taints: [TAINT],
      },
      { access: ssh("10.0.0.21") },
      { nodes: [node(1, { access: ssh("10.0.0.11") })] },
    );
    expect(file(FLAGS)!.spec).not.toContain("labels");
    expect(yamlOf(file(CONFIG)!)).not.toHaveProperty("registerWithTaints");
    expect(file(KUBECONFIG)).toBeUndefined();
  });

  test("a control-plane node without a host has them in the objects of the cluster", () => {
    const files = artefactsOf(
      program(
        {},
        {},
        { nodes: [node(1, { labels: { a: "1" }, taints: [TAINT] })] },
      ),
    );
    expect(files.get("objects/nodes.yaml")!.spec).toContain("dedicated");
    expect(files.get(`nodes/cp-1/root${FLAGS}`)!.spec).not.toContain("labels");
  });
});

test("with an external CA, the kubeconfig is one of the files that it signs", () => {
  const files = artefactsOf((stack) => {
    const store = new Store(stack, "store", { directory: "clusters/test" });
    const certificateAuthority = CertificateAuthority.external(stack, "ca", {
      store,
      certificate: __filename,
    });
    new ControlPlane(stack, "cluster", {
      ...clusterProps({ store, certificateAuthority }),
      clusterName: "test",
    }).addWorkers("general", { nodes: [WORKER] });
  });
  expect(files.has(`nodes/worker-1/root${KUBECONFIG}`)).toBe(true);
});
