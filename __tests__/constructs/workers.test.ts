import { load } from "js-yaml";
import type { ControlPlane } from "../../lib/constructs/cluster/control-plane";
import { Duration } from "../../lib/constructs/duration";
import { NodeAccess } from "../../lib/constructs/site/node-access";
import type { NodeProps } from "../../lib/constructs/site/node-props";
import type {
  WorkerPoolProps,
  WorkerProps,
} from "../../lib/constructs/site/worker-props";
import { cluster, node } from "../support/cluster";
import { requestsOf, resourcesOf } from "../support/rollouts";
import { artefactsOf } from "../support/synthesized";

const host = (number: number, props: Partial<NodeProps> = {}) =>
  node(number, {
    access: NodeAccess.ssh({ host: `10.0.0.1${number}` }),
    ...props,
  });
const worker = (number: number, props: Partial<WorkerProps> = {}) => ({
  name: `w-${number}`,
  address: `10.0.0.2${number}`,
  access: NodeAccess.ssh({ host: `10.0.0.2${number}` }),
  ...props,
});

const program = (
  props: Partial<WorkerPoolProps>,
  nodes: readonly NodeProps[] = [host(1)],
) =>
  cluster({ nodes, kubelet: { config: { maxPods: 50 } } }, (controlPlane) =>
    controlPlane.addWorkers("linux", { nodes: [worker(1)], ...props }),
  );

describe("a worker", () => {
  const artefacts = artefactsOf(program({}));
  const files = [...artefacts.values()]
    .flatMap((artefact) => artefact.files)
    .flatMap((file) => /^nodes\/w-1\/root(.*)$/.exec(file)?.[1] ?? []);

  test("has the files of its kubelet, but no kubeconfig, no token and no CA key", () => {
    expect(files.sort()).toEqual([
      "/etc/kubernetes/pki/ca.crt",
      "/etc/systemd/system/kubelet.service.d/10-kubeadm.conf",
      "/var/lib/kubelet/config.yaml",
      "/var/lib/kubelet/instance-config.yaml",
      "/var/lib/kubelet/kubeadm-flags.env",
      "/var/lib/kubelet/pki/kubelet.crt",
      "/var/lib/kubelet/pki/kubelet.key",
    ]);
    expect(
      artefacts.get("nodes/w-1/root/etc/kubernetes/pki/ca.crt")!.spec,
    ).toBe("copy of pki/ca.crt");
  });

  test("has a serving certificate with its own names", () => {
    const { spec } = artefacts.get(
      "nodes/w-1/root/var/lib/kubelet/pki/kubelet.crt",
    )!;
    expect(load(spec)).toMatchObject({
      subject: {
        commonName: "system:node:w-1",
        organizations: ["system:nodes"],
      },
      names: ["w-1", "10.0.0.21"],
      usages: ["serverAuth"],
    });
  });

  test("has the expected construct paths, which are a contract", () => {
    const paths = resourcesOf(program({}))
      .map(({ path }) => path)
      .filter((path) => /workers|nodes\/w-1/.test(path));
    expect(paths.sort()).toEqual([
      "cluster/store/nodes/w-1/batch",
      "cluster/store/nodes/w-1/ca",
      "cluster/workers/linux/rollout",
      "cluster/workers/linux/w-1/access",
      "cluster/workers/linux/w-1/kubelet/10-kubeadm",
      "cluster/workers/linux/w-1/kubelet/config",
      "cluster/workers/linux/w-1/kubelet/instance-config",
      "cluster/workers/linux/w-1/kubelet/kubeadm-flags",
      "cluster/workers/linux/w-1/kubelet/kubelet-server-certificate/Resource",
    ]);
  });

  test("can be looked up by its name, with its certificate", () => {
    let found: readonly string[] = [];
    artefactsOf(
      cluster({ nodes: [host(1)] }, (controlPlane) => {
        const pool = controlPlane.addWorkers("linux", { nodes: [worker(1)] });
        found = [...pool.nodeOf("w-1").kubelet.certificates.keys()];
      }),
    );
    expect(found).toEqual(["kubelet-server"]);
  });

  test("has a kubelet configuration in which its own props override the pool's and those of the cluster", () => {
    const specs = artefactsOf(
      program({
        kubelet: { config: { podsPerCore: 4 }, extraArgs: { v: "2" } },
        nodes: [worker(1, { kubeletExtraArgs: { v: "4" } }), worker(2)],
      }),
    );
    const file = (name: string, path: string) =>
      specs.get(`nodes/${name}/root/var/lib/kubelet/${path}`)!.spec;
    expect(load(file("w-1", "config.yaml"))).toMatchObject({
      maxPods: 50,
      podsPerCore: 4,
    });
    expect(load(file("cp-1", "config.yaml"))).not.toHaveProperty("podsPerCore");
    expect(file("w-1", "kubeadm-flags.env")).toContain("--v=4");
    expect(file("w-2", "kubeadm-flags.env")).toContain("--v=2");
  });

  test("has the user's files", () => {
    const nodes = [
      worker(1, { files: [{ path: "/etc/motd", text: "hello" }] }),
    ];
    expect(
      artefactsOf(program({ nodes })).get("nodes/w-1/root/etc/motd"),
    ).toMatchObject({ spec: "hello" });
  });

  test("in a directory has a node tree, and a rollout that updates the inventory", () => {
    const nodes = [worker(1, { access: undefined })];
    const resources = resourcesOf(program({ nodes }, [node(1)]));
    expect(resources.filter(({ path }) => path.endsWith("/access"))).toEqual(
      [],
    );
    const rollout = resources.find(({ path }) =>
      path.endsWith("linux/rollout"),
    )!;
    expect(Object.keys(rollout.triggers).sort()).toEqual([
      "batch nodes/w-1",
      "endpoint",
      "kubernetes_version",
      "nodes",
    ]);
  });
});

describe("the rollout of a pool", () => {
  const request = (props: Partial<WorkerPoolProps>) =>
    requestsOf(program(props))["workers/linux/rollout"];

  test("gets the request of the control plane's rollout, plus the pool", () => {
    const requests = requestsOf(program({}));
    const { pool, ...rest } = requests["workers/linux/rollout"];
    expect(rest).toEqual(requests.rollout);
    expect(pool).toEqual({
      name: "linux",
      drainTimeout: 300,
      nodes: [
        {
          name: "w-1",
          address: "10.0.0.21",
          access: {
            kind: "ssh",
            host: "10.0.0.21",
            sudo: true,
            connectTimeout: 120,
          },
          components: [
            {
              name: "kubelet",
              unit: "kubelet.service",
              health: {
                scheme: "http",
                host: "127.0.0.1",
                port: 10248,
                path: "/healthz",
              },
              ports: [10250],
              timeout: 240,
            },
          ],
          labels: {},
          taints: [],
          criSocket: "unix:///run/containerd/containerd.sock",
          images: [
            "registry.k8s.io/pause:3.10.2",
            "registry.k8s.io/kube-proxy:v1.36.3",
          ],
          imageArchives: [],
          port: 10250,
        },
      ],
    });
  });

  test("gets maxUnavailable and drainTimeout", () => {
    const { pool, maxUnavailable } = request({
      maxUnavailable: 3,
      drainTimeout: Duration.hours(1),
    });
    expect(maxUnavailable).toBe(3);
    expect(pool).toMatchObject({ drainTimeout: 3600 });
  });

  test("gets the labels and taints of the pool, overridden by those of its workers", () => {
    const props: Partial<WorkerPoolProps> = {
      labels: { disk: "ssd", zone: "a" },
      taints: [{ key: "batch", effect: "NoSchedule" }],
      nodes: [
        worker(1),
        worker(2, {
          labels: { zone: "b" },
          taints: [{ key: "gpu", value: "a100", effect: "NoExecute" }],
        }),
        worker(3, { taints: [] }),
      ],
    };
    expect(
      request(props).pool!.nodes.map(({ labels, taints }) => [labels, taints]),
    ).toEqual([
      [{ disk: "ssd", zone: "a" }, [{ key: "batch", effect: "NoSchedule" }]],
      [
        { disk: "ssd", zone: "b" },
        [{ key: "gpu", value: "a100", effect: "NoExecute" }],
      ],
      [{ disk: "ssd", zone: "a" }, []],
    ]);
    const { triggers } = resourcesOf(program(props)).find(({ path }) =>
      path.endsWith("linux/rollout"),
    )!;
    expect(triggers).toMatchObject({
      nodes: "w-1, w-2, w-3",
      "labels w-2": "disk=ssd, zone=b",
      "taints w-1": "batch:NoSchedule",
      "taints w-2": "gpu=a100:NoExecute",
    });
    expect(triggers).not.toHaveProperty("taints w-3");
  });

  test("gets the archives of the pool instead of the cluster's", () => {
    const archives = (images: WorkerPoolProps["images"]) =>
      requestsOf(
        cluster(
          { nodes: [host(1)], images: { archives: ["package.json"] } },
          (controlPlane) =>
            controlPlane.addWorkers("linux", { nodes: [worker(1)], images }),
        ),
      )["workers/linux/rollout"].pool!.nodes[0].imageArchives;
    expect(archives(undefined)).toEqual(["../../../package.json"]);
    expect(archives({ archives: ["main.ts"] })).toEqual(["../../../main.ts"]);
    expect(archives({})).toEqual([]);
  });

  test("comes after the rollouts of the control plane and of the previous pool", () => {
    const resources = resourcesOf(
      cluster({ nodes: [host(1)] }, (controlPlane) => {
        controlPlane.addWorkers("a", { nodes: [worker(1)] });
        controlPlane.addWorkers("b", { nodes: [] });
        controlPlane.addWorkers("c", { nodes: [worker(3)] });
      }),
    );
    const at = (path: string) => resources.find((each) => each.path === path)!;
    const after = (pool: string) =>
      at(`cluster/workers/${pool}/rollout`).dependsOn.filter((address) =>
        address.includes("rollout"),
      );
    const rollout = (pool: string) =>
      at(`cluster/workers/${pool}/rollout`).address;
    const first = at("cluster/rollout").address;
    expect(after("a")).toEqual([first]);
    expect(after("b")).toEqual([first, rollout("a")]);
    expect(after("c")).toEqual([first, rollout("b")]);
  });

  test("is listed in the control plane's rollout, which thus detects removed pools", () => {
    const requests = requestsOf(
      cluster({ nodes: [host(1)] }, (controlPlane: ControlPlane) => {
        controlPlane.addWorkers("a", { nodes: [worker(1), worker(2)] });
        controlPlane.addWorkers("b", { nodes: [] });
      }),
    );
    expect(Object.keys(requests)).toHaveLength(3);
    for (const request of Object.values(requests))
      expect(request.pools).toEqual({ a: ["w-1", "w-2"], b: [] });
  });
});
