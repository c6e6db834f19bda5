import type { ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SYSTEM_CLOCK } from "../../lib/base/clock";
import type { AppliedObjects } from "../../lib/store/inventory";
import type { ApiObject, ObjectName } from "../../lib/agent/cluster/api-object";
import { KubernetesApi } from "../../lib/agent/cluster/api";
import { EtcdClient } from "../../lib/agent/cluster/etcd";
import { Server, type Tls } from "../../lib/agent/cluster/https";
import { drain } from "../../lib/agent/cluster/drain";
import {
  deleteNode,
  isReady,
  markNode,
  type Node,
  waitForNode,
} from "../../lib/agent/cluster/nodes";
import {
  applyObjects,
  attemptedObjects,
  type ObjectsFile,
} from "../../lib/agent/cluster/objects";
import { mintJoin, revoke } from "../../lib/agent/cluster/tokens";
import { EtcdError } from "../../lib/agent/cluster/errors";
import type { Host, Socket } from "../../lib/agent/hosts/host";
import { fromYamlDocuments } from "../../lib/base/yaml";
import { OBJECT_GROUPS } from "../../lib/catalog/object-groups";
import { Cluster, KUBERNETES } from "./cluster";
import { type Machine, removeAtTheEnd } from "./machines";
import { register } from "./registration";
import { say, seconds, until } from "./say";
import { step } from "./steps";

const sockets = mkdtempSync(join(tmpdir(), "e2e-sockets-"));
removeAtTheEnd(sockets);

/** A host that is a test's machine with its own network. Its ports are reached through sockets, as with SSH. */
class MachineHost implements Host {
  readonly name: string;
  private readonly forwards: ChildProcess[] = [];

  constructor(private readonly machine: Machine) {
    this.name = machine.name;
  }

  run(): Promise<never> {
    return Promise.reject(new Error("this host runs no scripts"));
  }

  async reach(host: string, port: number): Promise<Socket> {
    const path = join(sockets, `${this.name}-${port}`);
    if (!existsSync(path)) {
      const log = join(sockets, "log");
      const command = [process.execPath, "-e", FORWARD, path, host, `${port}`];
      this.forwards.push(this.machine.spawn(command, log, {}));
      await until("forwarding", 30, async () => existsSync(path));
    }
    return { path };
  }

  close(): Promise<void> {
    for (const forward of this.forwards) forward.kill("SIGKILL");
    return Promise.resolve();
  }
}

const FORWARD = `
  const net = require("node:net");
  const [path, host, port] = process.argv.slice(1);
  net.createServer((near) => {
    const far = net.connect(port, host);
    near.on("error", () => far.destroy()).on("close", () => far.destroy());
    far.on("error", () => near.destroy()).on("close", () => near.destroy());
    near.pipe(far).pipe(near);
  }).listen(path);
`;

describe("etcd and the Kubernetes API, as a rollout uses them", () => {
  const cluster = new Cluster({
    main: `
      import { App, LocalBackend, TerraformStack } from "cdktf";
      import { ControlPlane, KeyAlgorithm } from "cdktf-control-plane";

      const app = new App();
      const stack = new TerraformStack(app, "api");
      new LocalBackend(stack, { path: "../../../terraform.api.tfstate" });
      new ControlPlane(stack, "cluster", {
        clusterName: "api",
        kubernetesVersion: "${KUBERNETES.text}",
        keyAlgorithm: KeyAlgorithm.ECDSA_P256,
        nodes: [{ name: "cp-1", address: "10.0.0.11" }],
      });
      app.synth();
    `,
    clusterName: "api",
    nodes: { "cp-1": "10.0.0.11" },
    adminAddress: "10.0.0.1",
    prefix: 24,
  });
  let machine: Machine;
  let host: Host;
  let api: KubernetesApi;
  let second: ChildProcess | undefined;
  afterAll(async () => {
    second?.kill("SIGKILL");
    await host?.close();
    await cluster.end();
  });

  const node = (path: string) => cluster.store(`nodes/cp-1/root${path}`);
  const text = (path: string) => readFileSync(path, "utf8");
  const etcdAt = (port: number, patience?: number) => {
    const pki = (file: string) =>
      text(node(`/etc/kubernetes/pki/etcd/${file}`));
    const client = {
      cert: pki("healthcheck-client.crt"),
      key: pki("healthcheck-client.key"),
    };
    const address = "127.0.0.1";
    const tls = { trust: { ca: pki("ca.crt"), name: address }, client };
    const title = `etcd of cp-1, ${port}`;
    const server = new Server({ title, host, address, port, tls });
    return new EtcdClient(server, SYSTEM_CLOCK, patience);
  };
  const connect = (patience?: number) => {
    const path = node("/etc/kubernetes/super-admin.conf");
    const { address } = machine;
    const kubeconfig = text(path);
    const props = { kubeconfig, path, host, address, port: 6443, patience };
    return new KubernetesApi({ ...props, clock: SYSTEM_CLOCK });
  };

  step("starts a cluster of one node", async () => {
    await cluster.deploy();
    await cluster.start();
    [machine] = cluster.machines;
    host = new MachineHost(machine);
    api = connect();
    expect(await api.ready()).toBe(false);
    await cluster.ready();
    expect(await api.ready()).toBe(true);
    expect(await api.version()).toBe(KUBERNETES.text);
  });

  step(
    "sends requests to the host's loopback address, with and without verification",
    async () => {
      const ask = (port: number, path: string, tls?: Tls) => {
        const address = "127.0.0.1";
        const props = { title: `Port ${port}`, host, address, port, tls };
        return new Server(props).request({ method: "GET", path });
      };
      expect(await ask(10257, "/healthz", {})).toBe("ok");
      expect(await ask(2381, "/health")).toContain("true");
      const ca = text(node("/etc/kubernetes/pki/ca.crt"));
      const readyz = (name: string) =>
        ask(6443, "/readyz", { trust: { ca, name } });
      expect(await readyz("kubernetes.default.svc")).toBe("ok");
      expect(await readyz("10.0.0.11")).toBe("ok");
      for (const name of ["10.0.0.12", "example.org"])
        await expect(readyz(name)).rejects.toThrow(
          /^Port 6443 is not trusted: .* does not match/,
        );
      const etcdCa = text(node("/etc/kubernetes/pki/etcd/ca.crt"));
      await expect(
        ask(6443, "/readyz", { trust: { ca: etcdCa, name: "10.0.0.11" } }),
      ).rejects.toThrow("is not trusted");
      await expect(ask(1, "/")).rejects.toThrow("Port 1 does not answer: ");
    },
  );

  describe("etcd", () => {
    const PEER = "https://10.0.0.11:12380";
    const refusal = async (action: Promise<unknown>) => {
      const error: unknown = await action.catch((error: unknown) => error);
      expect(error).toBeInstanceOf(EtcdError);
      return (error as EtcdError).kind;
    };
    let id: string;

    step("reports the status of a member", async () => {
      const etcd = etcdAt(2379);
      const members = await etcd.members();
      expect(members).toEqual([
        {
          id: expect.stringMatching(/^\d+$/) as string,
          name: "cp-1",
          peerUrls: ["https://10.0.0.11:2380"],
          clientUrls: ["https://10.0.0.11:2379"],
          isLearner: false,
          started: true,
        },
      ]);
      expect(await etcd.status()).toMatchObject({
        header: { member_id: members[0].id },
        leader: members[0].id,
        version: expect.stringMatching(/^3\.\d+\.\d+$/) as string,
      });
      expect(await etcd.problem()).toBeUndefined();
    });

    step("adds a member as a learner before it is started", async () => {
      const etcd = etcdAt(2379);
      const added = await etcd.addLearner(PEER);
      expect(added).toMatchObject({ isLearner: true, started: false });
      id = added.id;
      expect((await etcd.members()).map((each) => each.name)).toContain("");
      expect(await refusal(etcd.addLearner(PEER))).toBe("exists");
      const other = "https://10.0.0.11:12390";
      expect(await refusal(etcd.addLearner(other))).toBe("too-many-learners");
      expect(await refusal(etcd.promote(id))).toBe("not-ready");
    });

    step("promotes it as soon as it has caught up", async () => {
      second = startSecond();
      const start = Date.now();
      await etcdAt(2379).promoteWhenReady(id, 60_000);
      say(`promoted ${seconds(start)} after it was started`);
      const [first, added] = [etcdAt(2379), etcdAt(12379)];
      expect(await first.members()).toHaveLength(2);
      expect(await refusal(first.promote(id))).toBe("not-a-learner");
      await until("serving", 30, async () => !(await added.problem()));
      say(`it serves ${seconds(start)} after it was started`);
      expect(await added.status()).toMatchObject({
        header: { member_id: id },
      });
      expect((await added.status()).isLearner ?? false).toBe(false);
    });

    step("reports requests that fail without a majority", async () => {
      const etcd = etcdAt(2379, 500);
      second?.kill("SIGKILL");
      await until(
        "no leader",
        30,
        async () => Number((await etcd.status()).leader ?? 0) === 0,
      );
      expect(await etcd.problem()).toMatch(/leader|timed out|UNHEALTHY/i);
      expect(await refusal(etcd.remove(id))).toMatch(/no-leader|unhealthy/);
      expect(await refusal(etcd.members())).toBe("no-leader");
    });

    step("removes it once there is a majority again", async () => {
      second = startSecond();
      const etcd = etcdAt(2379);
      await until("a leader", 60, async () => !(await etcd.problem()));
      await etcd.remove(id);
      await etcd.remove(id);
      expect(await etcd.members()).toHaveLength(1);
      await until("API server ready", 60, () => api.ready());
    });

    /** Starts a second member with the certificates of cp-1, which are valid for it, too. */
    function startSecond(): ChildProcess {
      const [manifest] = cluster.podsOf("etcd").map((pod) => pod.manifest);
      const { command } = manifest.spec.containers[0];
      const own = {
        name: "second",
        "data-dir": "/var/lib/second",
        "listen-client-urls": "https://127.0.0.1:12379",
        "advertise-client-urls": "https://127.0.0.1:12379",
        "listen-peer-urls": PEER,
        "initial-advertise-peer-urls": PEER,
        "initial-cluster": `cp-1=https://10.0.0.11:2380,second=${PEER}`,
        "initial-cluster-state": "existing",
        "listen-metrics-urls": "http://127.0.0.1:12381",
      };
      const flags = Object.entries(own).map(([key, to]) => `--${key}=${to}`);
      return machine.spawn([...command, ...flags], join(sockets, "etcd"), {});
    }
  });

  describe("objects", () => {
    let lines: string[] = [];
    let applied: AppliedObjects | undefined;
    const apply = async (
      files: readonly ObjectsFile[],
      previous = applied,
      to = api,
    ) => {
      lines = [];
      return applyObjects(to, files, previous, (line) => lines.push(line));
    };
    const ours = (...files: ObjectsFile[]): ObjectsFile[] => [
      ...OBJECT_GROUPS.map(({ id }) => `objects/${id}.yaml`)
        .filter((file) => existsSync(cluster.store(file)))
        .map((file) => ({
          file,
          objects: fromYamlDocuments(text(cluster.store(file))) as object[],
        })),
      ...files,
    ];

    step("applies the cluster objects, and finds them unchanged", async () => {
      await register(cluster, machine);
      const files = ours();
      const all = files.flatMap(({ objects }) => objects).length;
      const start = Date.now();
      applied = await apply(files);
      say(`${all} objects applied in ${seconds(start)}`);
      expect(lines.at(-1)).toBe(`cluster objects: ${all} of ${all} changed`);
      expect(applied.objects).toHaveLength(all - 2);
      expect(applied.objects).toContain(
        "apps/v1 Deployment kube-system/coredns",
      );
      await cluster.kubectl("get", "--raw", "/readyz");
      expect(await apply(files)).toEqual(applied);
      expect(lines.at(-1)).toBe(`cluster objects: 0 of ${all} changed`);
    });

    step("makes a bootstrap token once", async () => {
      const [id] = Object.values(applied!.tokens);
      const secret = {
        apiVersion: "v1",
        kind: "Secret",
        namespace: "kube-system",
        name: `bootstrap-token-${id}`,
      };
      const made = await api.get(secret);
      const data = made!.data as Record<string, string>;
      const decoded = (key: string) =>
        Buffer.from(data[key], "base64").toString();
      expect(decoded("token-id")).toBe(id);
      expect(decoded("token-secret")).toMatch(/^[a-z0-9]{16}$/);
      const life = Date.parse(decoded("expiration")) - Date.now();
      expect(life / 3_600_000).toBeCloseTo(24, 0);
      expect(made!.metadata.annotations).toBeUndefined();
      expect(lines.join()).not.toContain(decoded("token-secret"));

      const found = await apply(ours(), { objects: [], tokens: {} });
      expect(found.tokens).toEqual(applied!.tokens);
      await api.remove(secret);
      expect(await apply(ours())).toEqual(applied);
      expect(await api.get(secret)).toBeUndefined();
      const without = ours().filter(({ file }) => !file.includes("token"));
      expect((await apply(without)).tokens).toEqual({});
      const { tokens } = await apply(ours(), { ...applied!, tokens: {} });
      expect(Object.values(tokens)).not.toContain(id);
      applied = { ...applied!, tokens };
    });

    const metadata = { name: "settings", namespace: "team" };
    const settings: ApiObject = {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata,
      data: { color: "green" },
    };
    const binding = (role: string): ApiObject => ({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: "team: all" },
      roleRef: {
        apiGroup: "rbac.authorization.k8s.io",
        kind: "ClusterRole",
        name: role,
      },
      subjects: [
        { kind: "ServiceAccount", name: "default", namespace: "team" },
      ],
    });
    const file = "objects/team.yaml";
    const widget = {
      apiVersion: "example.org/v1",
      kind: "Widget",
      metadata: { name: "first", namespace: "team" },
      spec: { size: 3 },
    };
    const team = [
      widget,
      settings,
      binding("view"),
      definition("Widget"),
      { apiVersion: "v1", kind: "Namespace", metadata: { name: "team" } },
    ];
    const nameOf = ({ apiVersion, kind, metadata }: ApiObject): ObjectName => ({
      apiVersion,
      kind,
      ...metadata,
    });

    step(
      "applies the definition of a kind, an object of it, and their namespace in one run",
      async () => {
        const start = Date.now();
        applied = await apply(ours({ file, objects: team }));
        say(`a custom kind applied in ${seconds(start)}`);
        expect(lines.at(-1)).toMatch(/: 5 of \d+ changed$/);
        expect(await api.get(nameOf(widget))).toMatchObject({
          spec: { size: 3 },
        });
      },
    );

    step(
      "changes the changed objects, and replaces a binding to another role",
      async () => {
        const changed = [
          { ...widget, spec: { size: 4 } },
          { ...settings, data: { shape: "round" } },
          binding("edit"),
          ...team.slice(3),
        ];
        applied = await apply(ours({ file, objects: changed }));
        expect(lines).toEqual([
          "cluster objects: ClusterRoleBinding team: all deleted and created again, because its role cannot be changed",
          expect.stringMatching(/^cluster objects: 3 of \d+ changed$/),
        ]);
        expect(await api.get(nameOf(settings))).toMatchObject({
          data: { shape: "round" },
        });
        expect((await api.get(nameOf(settings)))!.data).not.toHaveProperty(
          "color",
        );
        expect(await api.get(nameOf(binding("edit")))).toMatchObject({
          roleRef: { name: "edit" },
        });
      },
    );

    step("keeps fields that others wrote into an object", async () => {
      await cluster.kubectl(
        "label",
        "configmap",
        "settings",
        "--namespace",
        "team",
        "owner=them",
      );
      const object = { ...settings, data: { shape: "square" } };
      await apply([{ file, objects: [object] }], { objects: [], tokens: {} });
      const { metadata, data } = (await api.get(nameOf(settings)))!;
      expect({ labels: metadata.labels, data }).toEqual({
        labels: { owner: "them" },
        data: { shape: "square" },
      });
    });

    step(
      "removes objects that left the program, even those that a failed run applied",
      async () => {
        const extra = {
          ...settings,
          metadata: { ...metadata, name: "extra" },
        };
        const refused = {
          apiVersion: "apps/v1",
          kind: "Deployment",
          metadata: { ...metadata, name: "refused" },
        };
        const files = ours({ file, objects: [...team, extra, refused] });
        applied = attemptedObjects(files, applied);
        await expect(apply(files)).rejects.toThrow(
          /^Deployment team\/refused, in objects\/team.yaml, is not accepted by the cluster: .*spec/,
        );
        expect(await api.get(nameOf(extra))).toBeDefined();

        const start = Date.now();
        applied = await apply(ours());
        say(`removed in ${seconds(start)}`);
        expect(lines.at(-1)).toMatch(/ changed, 7 removed$/);
        const gone = { apiVersion: "v1", kind: "Namespace", name: "team" };
        await until("gone", 60, async () => !(await api.get(gone)));
        expect(await api.get(nameOf(binding("edit")))).toBeUndefined();
        expect(
          await api.get({
            apiVersion: "apiextensions.k8s.io/v1",

            kind: "CustomResourceDefinition",
            name: "widgets.example.org",
          }),
        ).toBeUndefined();
        const previous = {
          objects: ["example.org/v1 Widget team/first"],
          tokens: {},
        };
        await apply([], previous);
      },
    );

    step(
      "fails when a kind is not defined, or when two files contain the same object",
      async () => {
        await expect(apply([{ file, objects: [widget] }])).rejects.toThrow(
          "The cluster does not know the kind Widget of example.org/v1.",
        );
        const twice = [settings, settings];
        await expect(apply([{ file, objects: twice }])).rejects.toThrow(
          "ConfigMap team/settings is in objects/team.yaml twice.",
        );
        const nameless = { ...settings, metadata: {} };
        await expect(apply([{ file, objects: [nameless] }])).rejects.toThrow(
          "An object in objects/team.yaml has no metadata.name.",
        );
      },
    );

    step("continues when the API server is back", async () => {
      const [server] = cluster.podsOf("kube-apiserver");
      await server.stop(0);
      const impatient = connect(300);
      await expect(impatient.version()).rejects.toThrow(
        "The API server of cp-1 does not answer: ",
      );
      const another = { ...metadata, name: "another" };
      const objects = [...team, { ...widget, metadata: another }];
      const start = Date.now();
      const all = apply([{ file, objects }], { objects: [], tokens: {} });
      server.start();
      const made = await all;
      say(`applied ${seconds(start)} after the API server was started again`);
      expect(made.objects).toHaveLength(6);
      await apply([], made);
    });
  });

  describe("nodes", () => {
    const named = (name: string) => ({ apiVersion: "v1", kind: "Node", name });
    const taintsOf = async () => {
      const { spec } = (await api.get<Node>(named("worker")))!;
      return (spec?.taints ?? [])
        .map(({ key, value, effect }) => `${key}=${value ?? ""}:${effect}`)
        .filter((taint) => !taint.startsWith("node.kubernetes.io/"))
        .sort();
    };
    const NoSchedule = "NoSchedule";

    step("waits for a node", async () => {
      await expect(waitForNode(api, "worker", 500)).rejects.toThrow(
        "worker is not among the cluster's nodes after 0.5 s.",
      );
      const found = waitForNode(api, "worker");
      const { apiVersion, kind, name } = named("worker");
      const status = { allocatable: { pods: "10" }, capacity: { pods: "10" } };
      await api.create({ apiVersion, kind, metadata: { name }, status });
      expect(isReady(await found)).toBe(false);
    });

    step("sets its labels and taints, and keeps others' taints", async () => {
      await cluster.kubectl("taint", "node", "worker", "theirs=1:NoExecute");
      const marks = {
        name: "worker",
        labels: { pool: "a", zone: "z" },
        taints: [
          { key: "ours", value: "1", effect: NoSchedule },
          { key: "dedicated", effect: "NoExecute" },
        ],
      };
      expect(await markNode(api, marks)).toBe(true);
      // Kubernetes' own controllers may have changed the node in between.
      await until("as it is", 30, async () => !(await markNode(api, marks)));
      expect(await taintsOf()).toEqual([
        "dedicated=:NoExecute",
        "ours=1:NoSchedule",
        "theirs=1:NoExecute",
      ]);
      await markNode(api, {
        ...marks,
        labels: { pool: "b" },
        taints: [{ key: "ours", value: "2", effect: NoSchedule }],
      });
      expect(await taintsOf()).toEqual([
        "ours=2:NoSchedule",
        "theirs=1:NoExecute",
      ]);
      const { labels } = (await api.get(named("worker")))!.metadata;
      expect(labels).toMatchObject({ pool: "b" });
      expect(labels).not.toHaveProperty("zone");
      await markNode(api, { name: "worker", labels: {}, taints: [] });
      expect(await taintsOf()).toEqual(["theirs=1:NoExecute"]);
      await cluster.kubectl("taint", "node", "worker", "theirs-");
    });

    step("merges with changes that others make at the same time", async () => {
      const one = (key: string) =>
        markNode(api, {
          name: "worker",
          labels: {},
          taints: [{ key, effect: NoSchedule }],
        });
      // A patch as Kubernetes' own controllers send it; kubectl would overwrite changes made in between.
      const theirs = async () => {
        for (let count = 1; count <= 20;) {
          const { metadata, spec } = (await api.get<Node>(named("worker")))!;
          const { resourceVersion } = metadata;
          const taint = { key: `t${count}`, effect: "NoExecute" };
          const taints = [...(spec?.taints ?? []), taint];
          const patch = { metadata: { resourceVersion }, spec: { taints } };
          const isWritten = await api
            .mergePatch(named("worker"), patch)
            .then(() => true)
            .catch(() => false);
          if (isWritten) count++;
        }
      };
      const busy = async () => {
        for (let count = 1; count <= 20; count++) await one(`o${count}`);
      };
      await Promise.all([theirs(), busy()]);
      const all = Array.from({ length: 20 }, (_, i) => `t${i + 1}=:NoExecute`);
      expect(await taintsOf()).toEqual(["o20=:NoSchedule", ...all].sort());
      await api.mergePatch(named("worker"), { spec: { taints: [] } });
    });

    step("drains it, as disruption budgets allow", async () => {
      await until("a service account", 60, async () => {
        const account = { apiVersion: "v1", kind: "ServiceAccount" };
        return !!(await api.get({ ...account, name: "default" }));
      });
      await pod("ordinary", {});
      await pod("ended", {}, "Succeeded");
      await api.create(everywhere);
      await until("everywhere", 60, async () =>
        (await names()).includes("everywhere"),
      );
      const guarded = { labels: { app: "guarded" } };
      await pod("guarded-1", guarded);
      await api.create({
        apiVersion: "policy/v1",
        kind: "PodDisruptionBudget",
        metadata: { name: "guarded" },
        spec: { minAvailable: 1, selector: { matchLabels: guarded.labels } },
      } as ApiObject);

      const lines: string[] = [];
      const drained = drain(api, "worker", {
        timeout: 120,
        say: (line) => lines.push(line),
      });
      await until("refused", 60, async () =>
        lines.some((line) =>
          /guarded-1 cannot be evicted yet: .*budget/.test(line),
        ),
      );
      expect(await names()).toContain("guarded-1");
      await pod("guarded-2", guarded, "Running", "elsewhere");
      expect(await drained).toEqual([]);
      expect(await names()).toEqual(["ended", "everywhere"]);
      expect((await api.get<Node>(named("worker")))!.spec).toMatchObject({
        unschedulable: true,
      });
      expect(lines).toEqual([
        "worker: moving its pods elsewhere",
        expect.stringContaining("default/guarded-1 cannot be evicted yet"),
        "worker: drained",
      ]);
    });

    step("leaves pods that cannot be evicted in time", async () => {
      await pod("slow", {}, "Running", "worker", 30);
      const lines: string[] = [];
      const left = await drain(api, "worker", {
        timeout: 2,
        say: (line) => lines.push(line),
      });
      expect(left).toEqual(["default/slow"]);
      expect(lines.at(-1)).toBe(
        "worker: after 2 s these pods are still there: default/slow",
      );
      await deleteNode(api, "worker");
      await deleteNode(api, "worker");
      expect(await api.get(named("worker"))).toBeUndefined();
      expect(await drain(api, "worker", { timeout: 1, say })).toEqual([]);
      // Only the mirror pods of static pods are left on it.
      expect(await drain(api, "cp-1", { timeout: 1, say })).toEqual([]);
    });

    /** The names of the pods on the node, without the suffixes that Kubernetes adds. */
    const names = async () => {
      const pods = await api.list(
        { apiVersion: "v1", kind: "Pod" },
        { namespace: "default", fieldSelector: "spec.nodeName=worker" },
      );
      return pods
        .map(({ metadata }) =>
          metadata.name.replace(/^everywhere-.*/, "everywhere"),
        )
        .sort();
    };

    const containers = [{ name: "main", image: "example.org/none" }];
    const tolerations = [{ operator: "Exists" }];
    const everywhere: ApiObject = {
      apiVersion: "apps/v1",
      kind: "DaemonSet",
      metadata: { name: "everywhere" },
      spec: {
        selector: { matchLabels: { app: "everywhere" } },
        template: {
          metadata: { labels: { app: "everywhere" } },
          spec: { containers, tolerations },
        },
      },
    };

    /** Reports the node's status, as a kubelet would. */
    async function pod(
      name: string,
      metadata: object,
      phase = "Running",
      nodeName = "worker",
      terminationGracePeriodSeconds = 0,
    ): Promise<void> {
      await api.create({
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name, namespace: "default", ...metadata },
        spec: {
          nodeName,
          terminationGracePeriodSeconds,
          containers,
          tolerations,
        },
      } as ApiObject);
      const conditions = [{ type: "Ready", status: "True" }];
      await cluster.kubectl(
        "patch",
        "pod",
        name,
        "--subresource=status",
        "--patch",
        JSON.stringify({ status: { phase, conditions } }),
      );
    }
  });

  describe("tokens", () => {
    step("lets a node join while its token exists", async () => {
      const start = Date.now();
      const { kubeconfig, tokenId } = await mintJoin(api, {
        caPem: text(node("/etc/kubernetes/pki/ca.crt")),
        server: "https://10.0.0.11:6443",
        ttlSeconds: 600,
        description: "for the kubelet of worker",
      });
      say(`a token accepted in ${seconds(start)}`);
      const whoami = () =>
        machine.run(
          [
            "sh",
            "-c",
            'cat >/var/join.conf; exec "$@"',
            "sh",
            "kubectl",
            "--kubeconfig",
            "/var/join.conf",
            "auth",
            "whoami",
            "--output",
            "json",
          ],
          { input: kubeconfig },
        );
      expect(JSON.parse(await whoami())).toMatchObject({
        status: {
          userInfo: {
            username: `system:bootstrap:${tokenId}`,
            groups: expect.arrayContaining([
              "system:bootstrappers:kubeadm:default-node-token",
            ]) as string[],
          },
        },
      });
      await revoke(api, tokenId);
      await revoke(api, tokenId);
      await until("refused", 30, () =>
        whoami().then(
          () => false,
          (error) => /Unauthorized/.test(String(error)),
        ),
      );
    });

    step(
      "has expired tokens removed, and does not make them again",
      async () => {
        const object = {
          apiVersion: "v1",
          kind: "Secret",
          type: "bootstrap.kubernetes.io/token",
          metadata: {
            generateName: "bootstrap-token-",
            namespace: "kube-system",
            annotations: { ttl: "1s" },
          },
          stringData: { "usage-bootstrap-authentication": "true" },
        };
        const files = [
          { file: "objects/token.yaml", objects: [object, object] },
        ];
        const made = await applyObjects(api, files, undefined, say);
        const ids = Object.values(made.tokens);
        expect(new Set(ids).size).toBe(2);
        const secrets = () =>
          api.list(
            { apiVersion: "v1", kind: "Secret" },
            { namespace: "kube-system" },
          );
        const present = async () =>
          (await secrets()).filter(({ metadata }) =>
            ids.some((id) => metadata.name.endsWith(id)),
          ).length;
        await until("cleaned", 60, async () => (await present()) === 0);
        expect(await applyObjects(api, files, made, say)).toEqual(made);
        expect(await present()).toBe(0);
      },
    );
  });
});

/** The CustomResourceDefinition of a kind in `example.org`. */
function definition(kind: string): ApiObject {
  const singular = kind.toLowerCase();
  const names = { kind, singular, plural: `${singular}s` };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${names.plural}.example.org` },
    spec: {
      group: "example.org",
      scope: "Namespaced",
      names,
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: "object",
              properties: {
                spec: {
                  type: "object",
                  properties: { size: { type: "integer" } },
                },
              },
            },
          },
        },
      ],
    },
  };
}
