import { rmSync } from "node:fs";
import { createServer as createPlainServer } from "node:http";
import { createServer } from "node:https";
import {
  accountOf,
  reviewToken,
  tokenOfSecret,
} from "../../lib/agent/cluster/account-tokens";
import { KubernetesApi } from "../../lib/agent/cluster/api";
import { EtcdMaintenance } from "../../lib/agent/cluster/etcd-maintenance";
import { Server } from "../../lib/agent/cluster/https";
import { cordon, drain } from "../../lib/agent/cluster/drain";
import {
  deleteNode,
  isReady,
  markNode,
  NODE_OBJECT,
  waitForNode,
} from "../../lib/agent/cluster/nodes";
import { applyObjects } from "../../lib/agent/cluster/objects";
import { mintJoin, revoke } from "../../lib/agent/cluster/tokens";
import { unhealthyOf } from "../../lib/agent/health/health";
import { peerOf } from "../../lib/agent/rollout/pod-network-files";
import { toYaml } from "../../lib/render/yaml";
import { quickClock } from "./support/clock";
import { apiAnswer, etcdAnswer } from "./support/server";
import { oddityOf, OddServers } from "./support/odd-servers";
import { Original } from "./support/tampered";
import { checkAll } from "./support/watchdog";

const servers = new OddServers();
afterAll(() => servers.end());

const NODE = { apiVersion: "v1", kind: "Node" };
const account = { namespace: "default", name: "a" };
const say = () => undefined;

const FILES = [
  {
    file: "objects/a.yaml",
    objects: [
      { apiVersion: "v1", kind: "Namespace", metadata: { name: "a" } },
      {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "a", namespace: "a" },
      },
      { apiVersion: "g/v1", kind: "X", metadata: { name: "a" } },
      {
        ...NODE,
        metadata: { name: "cp-1", labels: {} },
        spec: { taints: [{ key: "a", effect: "NoSchedule" }] },
      },
      {
        apiVersion: "v1",
        kind: "Secret",
        type: "bootstrap.kubernetes.io/token",
        metadata: {
          generateName: "bootstrap-token-",
          namespace: "kube-system",
        },
        stringData: { ttl: "1h0m0s" },
      },
    ],
  },
];
const BEFORE = {
  objects: ["v1 Namespace b", "g/v1 X c/d"],
  tokens: { f: "abcdef" },
};

const API: Readonly<Record<string, (api: KubernetesApi) => unknown>> = {
  version: (api) => api.version(),
  ready: (api) => api.ready(),
  node: async (api) => isReady(await waitForNode(api, "cp-1")),
  nodes: async (api) => (await api.list(NODE, {}, NODE_OBJECT)).map(peerOf),
  "marks of a node": (api) =>
    markNode(api, {
      name: "cp-1",
      labels: {},
      taints: [{ key: "b", effect: "NoExecute" }],
    }),
  cordon: (api) => cordon(api, "cp-1"),
  drain: (api) => drain(api, "cp-1", { timeout: 1, say }),
  "removal of a node": (api) => deleteNode(api, "cp-1"),
  objects: (api) => applyObjects(api, FILES, BEFORE, say),
  join: (api) =>
    mintJoin(api, {
      caPem: "",
      server: "https://a:6443",
      ttlSeconds: 60,
      description: "a",
    }),
  "end of a join": (api) => revoke(api, "abcdef"),
  account: (api) => accountOf(api, account),
  "token of an account": (api) =>
    api.serviceAccountToken(account, { expirationSeconds: 60 }),
  "token of a Secret": (api) => tokenOfSecret(api, account, "a", () => true),
  review: (api) => reviewToken(api, "a.b.c", ["a"]),
};

const ETCD: Readonly<Record<string, (etcd: EtcdMaintenance) => unknown>> = {
  members: (etcd) => etcd.members(),
  learner: (etcd) => etcd.addLearner("https://10.0.0.1:2380"),
  promotion: (etcd) => etcd.promoteWhenReady("1", 10_000),
  removal: (etcd) => etcd.remove("1"),
  status: (etcd) => etcd.status(),
  problem: (etcd) => etcd.problem(),
  sizes: (etcd) => etcd.memberStatus(),
  alarms: (etcd) => etcd.alarms(),
  disarming: (etcd) => etcd.disarm({ kind: "NOSPACE", memberId: "1" }),
  compaction: (etcd) => etcd.compact(9),
  defragmentation: (etcd) => etcd.defragment(),
  leadership: (etcd) => etcd.moveLeadership("1"),
};

async function apiAsker(): Promise<(asks: string) => Promise<void>> {
  const place = (await Original.make()).copy();
  const tree = "nodes/cp-1/root/etc/kubernetes";
  const [cert, key] = ["crt", "key"].map((kind) =>
    place.read(`${tree}/pki/apiserver.${kind}`),
  );
  const base64 = (file: string) =>
    Buffer.from(place.read(file)).toString("base64");
  const kubeconfig = toYaml({
    "current-context": "a",
    contexts: [{ name: "a", context: { cluster: "a", user: "a" } }],
    clusters: [
      {
        name: "a",
        cluster: { "certificate-authority-data": base64("pki/ca.crt") },
      },
    ],
    users: [
      {
        name: "a",
        user: {
          "client-certificate-data": base64(`${tree}/pki/apiserver.crt`),
          "client-key-data": base64(`${tree}/pki/apiserver.key`),
        },
      },
    ],
  });
  rmSync(place.root, { recursive: true });
  const host = await servers.listening(
    "api",
    createServer({ cert, key }, servers.answering(apiAnswer)),
  );
  return async (asks) => {
    const api = new KubernetesApi({
      kubeconfig,
      path: "super-admin.conf",
      host,
      address: "10.0.0.1",
      port: 6443,
      clock: quickClock(),
      patience: 2_000,
    });
    try {
      await API[asks](api);
    } finally {
      api.close();
    }
  };
}

test("any odd answer of an API server is used, or leads to an error that says what to do", async () => {
  const ask = await apiAsker();
  for (const asks of Object.keys(API))
    await servers.endsWell(undefined, () => ask(asks));
  await checkAll(oddityOf(Object.keys(API)), (oddity) =>
    servers.endsWell(oddity, () => ask(oddity.asks)),
  );
});

test("any odd answer of etcd is used, or leads to an error that says what to do", async () => {
  const host = await servers.listening(
    "etcd",
    createPlainServer(servers.answering(etcdAnswer)),
  );
  const ask = async (asks: string): Promise<void> => {
    const server = new Server({
      title: "etcd of cp-1",
      host,
      address: "10.0.0.1",
      port: 2379,
    });
    try {
      await ETCD[asks](new EtcdMaintenance(server, quickClock(), 2_000));
    } finally {
      server.close();
    }
  };
  for (const asks of Object.keys(ETCD))
    await servers.endsWell(undefined, () => ask(asks));
  await checkAll(oddityOf(Object.keys(ETCD)), (oddity) =>
    servers.endsWell(oddity, () => ask(oddity.asks)),
  );
});

test("any odd answer of a component says whether it is healthy", async () => {
  const host = await servers.listening(
    "health",
    createPlainServer(servers.answering(() => "ok")),
  );
  const health = {
    scheme: "http",
    host: "127.0.0.1",
    port: 10248,
    path: "/healthz",
  } as const;
  const component = { name: "kubelet", health, ports: [], timeout: 1 };
  await checkAll(oddityOf(["health"]), (oddity) =>
    servers.endsWell(oddity, () => unhealthyOf(host, [component], undefined)),
  );
});
