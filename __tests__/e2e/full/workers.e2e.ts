import { Deployment } from "../lab/deployment";
import { ECHO } from "../lab/echo";
import { Lab } from "../lab/lab";
import { program } from "../lab/program";
import { until } from "../say";
import { step } from "../steps";
import { remainsOf } from "./remains";

const CP = "10.77.0.11";
const WORKERS = { "worker-1": "10.77.0.21", "worker-2": "10.77.0.22" };
const LATE = "10.77.0.23";

describe("a cluster whose workers and objects change", () => {
  let lab: Lab;
  let cluster: Deployment;

  beforeAll(async () => {
    const hosts = { "cp-1": CP, ...WORKERS, "worker-3": LATE };
    lab = await Lab.start({
      hosts: Object.entries(hosts).map(([name, address]) => ({
        name,
        address,
      })),
      pods: false,
    });
    cluster = new Deployment(
      lab,
      "prod",
      program({
        clusterName: "prod",
        endpoint: `${CP}:6443`,
        sshKey: lab.sshKey,
        nodes: { "cp-1": CP },
        workers: WORKERS,
      }),
    );
  });

  afterAll(async () => {
    await lab?.end();
    cluster?.end();
  });

  step("runs pods on each worker", async () => {
    await cluster.deploy();
    await cluster.kubectlWith(
      { input: JSON.stringify(ECHO) },
      "apply",
      "-f",
      "-",
    );
    await cluster.kubectl(
      "rollout",
      "status",
      "deployment/echo",
      "--timeout=90s",
    );
    expect(await echoes()).toEqual(["worker-1", "worker-2"]);
  });

  step("gets labels, taints, objects and a user", async () => {
    cluster.edit((main) =>
      main
        .replace('name: "cp-1",', `name: "cp-1", ${ZONE},`)
        .replace(
          '  nodes: [\n    { name: "worker-1"',
          (nodes) => `${MARKS}${nodes}`,
        )
        .replace("\napp.synth", `${EXTRAS}\napp.synth`),
    );
    await cluster.deploy();
    expect(await marks("cp-1")).toEqual([
      "a",
      "",
      "node-role.kubernetes.io/control-plane:NoSchedule",
    ]);
    for (const name of Object.keys(WORKERS))
      expect(await marks(name)).toEqual([
        "",
        "front",
        "example.org/only:PreferNoSchedule",
      ]);
    expect(await settings()).toBe('{"color":"red"}');
    expect(await asJane("get", "pods", "-A", "-o", "name")).toContain(
      "pod/echo-",
    );
    await expect(
      asJane("annotate", "configmap", "settings", "seen=yes"),
    ).rejects.toThrow("forbidden");
  });

  step("changes them", async () => {
    cluster.edit((main) =>
      main
        .replace(ZONE, "taints: []")
        .replace(MARKS, '  labels: { "example.org/zone": "b" },\n')
        .replace('color: "red"', 'shade: "blue"')
        .replace('["view"]', '["edit"]'),
    );
    await cluster.deploy();
    expect(await marks("cp-1")).toEqual(["", "", ""]);
    for (const name of Object.keys(WORKERS))
      expect(await marks(name)).toEqual(["b", "", ""]);
    expect(await settings()).toBe('{"shade":"blue"}');
    await asJane("annotate", "configmap", "settings", "seen=yes");
  });

  step("loses what is no longer in the program, and nothing else", async () => {
    await cluster.kubectl("create", "configmap", "mine");
    await cluster.kubectl("label", "node", "worker-1", "mine=yes");
    cluster.edit((main) =>
      main
        .replace('  labels: { "example.org/zone": "b" },\n', "")
        .replace(/controlPlane\.add(Manifests|User)\(.*\n/g, ""),
    );
    await cluster.deploy();
    expect(await marks("worker-1")).toEqual(["", "", ""]);
    const maps = await cluster.kubectl("get", "configmaps", "-o", "name");
    expect(maps).toContain("configmap/mine");
    expect(maps).not.toContain("settings");
    expect(
      await cluster.kubectl("get", "nodes", "-l", "mine=yes", "-o", "name"),
    ).toBe("node/worker-1\n");
    expect(
      await cluster.kubectl("get", "clusterrolebindings", "-o", "name"),
    ).not.toContain("jane");
    expect((await cluster.deploy()).output).toContain("no changes");
  });

  step("lets a worker join long after the first tokens expired", async () => {
    await cluster.kubectl("delete", "secrets", ...TOKENS);
    cluster.edit((main) =>
      main.replace("\napp.synth", `${latePool()}\napp.synth`),
    );
    const { output } = await cluster.deploy();
    expect(output).toContain("worker-3: joined after");
    expect(await nodes()).toEqual(["cp-1", "worker-1", "worker-2", "worker-3"]);
    expect(
      await cluster.kubectl("get", "secrets", ...TOKENS, "-o", "name"),
    ).toBe("");
    expect((await cluster.deploy()).output).toContain("no changes");
  });

  step(
    "has the pods of a retired worker moved, and its host cleaned",
    async () => {
      cluster.edit((main) =>
        main.replace('name: "worker-1",', 'name: "worker-1", retire: true,'),
      );
      const { output } = await cluster.deploy();
      expect(output).toMatch(
        /worker-1: moving its pods elsewhere\n.*worker-1: drained\n.*worker-1: left the cluster; its host was cleaned/,
      );
      expect(await nodes()).toEqual(["cp-1", "worker-2", "worker-3"]);
      expect(await remainsOf(lab.host("worker-1"))).toBe("");
      await until("all pods are elsewhere", 60, async () => {
        const now = await echoes();
        return now.length === 2 && !now.includes("worker-1");
      });
      expect((await cluster.deploy()).output).toContain("no changes");
      await lab.host("worker-1").kill();
      cluster.edit((main) => main.replace(/.*name: "worker-1".*\n/, ""));
      await cluster.deploy();
      expect((await cluster.deploy()).output).toContain("no changes");
    },
  );

  step("loses a whole pool", async () => {
    cluster.edit((main) => main.replace(latePool(), ""));
    await cluster.deploy();
    expect(await nodes()).toEqual(["cp-1", "worker-2"]);
    expect(await remainsOf(lab.host("worker-3"))).toBe("");
    expect((await cluster.deploy()).output).toContain("no changes");
  });

  const latePool = (): string => `controlPlane.addWorkers("late", {
  nodes: [{ name: "worker-3", address: "${LATE}", access: NodeAccess.ssh({ host: "${LATE}", user: "admin", identityFile: "${lab.sshKey}" }) }],
});
`;

  async function nodes(): Promise<string[]> {
    const all = await cluster.kubectl(
      "get",
      "nodes",
      "-o",
      "jsonpath={.items[*].metadata.name}",
    );
    return all.split(" ");
  }

  /** The nodes on which the pods of the Deployment run. */
  async function echoes(): Promise<string[]> {
    const { items } = JSON.parse(
      await cluster.kubectl("get", "pods", "-l", "app=echo", "-o", "json"),
    ) as {
      items: {
        metadata: { deletionTimestamp?: string };
        spec: { nodeName: string };
        status: { phase: string };
      }[];
    };
    return items
      .filter(({ metadata, status }) =>
        metadata.deletionTimestamp ? false : status.phase === "Running",
      )
      .map(({ spec }) => spec.nodeName)
      .sort();
  }

  /** The zone, the tier and the taints of a node. */
  async function marks(name: string): Promise<string[]> {
    const { metadata, spec } = JSON.parse(
      await cluster.kubectl("get", "node", name, "-o", "json"),
    ) as {
      metadata: { labels: Record<string, string> };
      spec: { taints?: { key: string; effect: string }[] };
    };
    const taints = (spec.taints ?? []).map(
      ({ key, effect }) => `${key}:${effect}`,
    );
    return [
      metadata.labels["example.org/zone"] ?? "",
      metadata.labels["example.org/tier"] ?? "",
      taints.join(),
    ];
  }

  const settings = (): Promise<string> =>
    cluster.kubectl("get", "configmap", "settings", "-o", "jsonpath={.data}");

  const asJane = (...args: string[]): Promise<string> =>
    cluster.kubectl(
      "--kubeconfig",
      cluster.store("kubeconfigs/jane.conf"),
      ...args,
    );
});

const ZONE = 'labels: { "example.org/zone": "a" }';

const MARKS = `  labels: { "example.org/tier": "front" },
  taints: [{ key: "example.org/only", value: "front", effect: "PreferNoSchedule" }],
`;

const EXTRAS = `controlPlane.addUser("jane", { clusterRoles: ["view"] });
controlPlane.addManifests("settings", { objects: [{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "settings", namespace: "default" }, data: { color: "red" } }] });
`;

/** The arguments with which kubectl lists the bootstrap tokens. */
const TOKENS = [
  "--namespace",
  "kube-system",
  "--field-selector",
  "type=bootstrap.kubernetes.io/token",
];
