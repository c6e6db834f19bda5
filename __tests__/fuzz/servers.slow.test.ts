import { mkdtempSync, rmSync } from "node:fs";
import {
  createServer as createPlainServer,
  type Server as HttpServer,
  type RequestListener,
} from "node:http";
import { createServer } from "node:https";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import {
  accountOf,
  reviewToken,
  tokenOfSecret,
} from "../../lib/agent/cluster/account-tokens";
import { KubernetesApi } from "../../lib/agent/cluster/api";
import { EtcdClient } from "../../lib/agent/cluster/etcd";
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
import type { Host } from "../../lib/agent/hosts/host";
import { peerOf } from "../../lib/agent/rollout/pod-network-files";
import { AgentError } from "../../lib/base/errors";
import { toYaml } from "../../lib/render/yaml";
import { type Change, changed, changeOf } from "./support/bytes";
import { quickClock } from "./support/clock";
import {
  apiAnswer,
  etcdAnswer,
  type Honest,
  httpAnswer,
} from "./support/server";
import { Original } from "./support/tampered";
import { checkAll } from "./support/watchdog";

/** How one answer of a server differs from an honest one. Data only, so that fast-check can print it. */
interface Oddity {
  readonly asks: string;
  /** Which answer is odd; all of them if it is 0. */
  readonly nth: number;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Changes of the body, and of the whole answer. */
  readonly body: readonly Change[];
  readonly whole: readonly Change[];
}

const oddityOf = (asks: readonly string[]): fc.Arbitrary<Oddity> =>
  fc.record(
    {
      asks: fc.constantFrom(...asks),
      nth: fc.nat(4),
      status: fc.constantFrom(
        200,
        200,
        200,
        200,
        201,
        204,
        302,
        401,
        404,
        409,
        422,
        429,
        500,
        503,
        999,
      ),
      headers: fc.constantFrom<Record<string, string>>(
        { "content-type": "application/json" },
        { "content-type": "application/json" },
        { "content-type": "application/json", "retry-after": "1" },
        { "content-type": "application/json", "retry-after": "1e308" },
        { "content-type": "text/plain" },
        {},
        { "content-type": "application/json", "transfer-encoding": "chunked" },
        { "content-type": "application/json", "content-encoding": "gzip" },
      ),
      body: fc.array(changeOf(), { maxLength: 2 }),
      whole: fc.oneof(
        { weight: 4, arbitrary: fc.constant([]) },
        {
          weight: 1,
          arbitrary: fc.array(changeOf(), { minLength: 1, maxLength: 1 }),
        },
      ),
    },
    { noNullPrototype: true },
  );

const folder = mkdtempSync(join(tmpdir(), "servers-"));
afterAll(() => rmSync(folder, { recursive: true }));

let odd: Oddity | undefined;
let asked = 0;

const answering =
  (honest: Honest): RequestListener =>
  (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = JSON.parse(
        Buffer.concat(chunks).toString() || "{}",
      ) as Record<string, unknown>;
      const text = JSON.stringify(
        honest(request.method ?? "", request.url ?? "", body),
      );
      const isOdd = odd && (odd.nth === 0 || odd.nth === ++asked);
      if (!isOdd)
        return response
          .writeHead(200, { "content-type": "application/json" })
          .end(text);
      const answer = odd!.body.reduce(changed, Buffer.from(text));
      const whole = httpAnswer(odd!.status, odd!.headers, answer);
      return request.socket.end(odd!.whole.reduce(changed, whole));
    });
  };

async function listening(name: string, server: HttpServer): Promise<Host> {
  const path = join(folder, name);
  server.on("clientError", () => undefined);
  server.listen(path);
  await once(server, "listening");
  servers.push(server);
  return {
    name: "cp-1",
    run: () =>
      Promise.resolve({ exitCode: 0, stdout: Buffer.alloc(0), stderr: "" }),
    reach: () => Promise.resolve({ path }),
    close: () => Promise.resolve(),
  };
}

const servers: HttpServer[] = [];
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

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
  "token of a Secret": (api) => tokenOfSecret(api, account, "a"),
  review: (api) => reviewToken(api, "a.b.c", ["a"]),
};

const ETCD: Readonly<Record<string, (etcd: EtcdClient) => unknown>> = {
  members: (etcd) => etcd.members(),
  learner: (etcd) => etcd.addLearner("https://10.0.0.1:2380"),
  promotion: (etcd) => etcd.promoteWhenReady("1", 10_000),
  removal: (etcd) => etcd.remove("1"),
  status: (etcd) => etcd.status(),
  problem: (etcd) => etcd.problem(),
};

/** Asks a server of which some answers are odd. */
async function endsWell(
  oddity: Oddity | undefined,
  ask: () => unknown,
): Promise<void> {
  odd = oddity;
  asked = 0;
  try {
    await ask();
  } catch (error) {
    if (!oddity || !(error instanceof AgentError)) throw error;
    expect(error.message).toMatch(/[.:]/);
  }
}

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
  const host = await listening(
    "api",
    createServer({ cert, key }, answering(apiAnswer)),
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
    await endsWell(undefined, () => ask(asks));
  await checkAll(oddityOf(Object.keys(API)), (oddity) =>
    endsWell(oddity, () => ask(oddity.asks)),
  );
});

test("any odd answer of etcd is used, or leads to an error that says what to do", async () => {
  const host = await listening(
    "etcd",
    createPlainServer(answering(etcdAnswer)),
  );
  const ask = async (asks: string): Promise<void> => {
    const server = new Server({
      title: "etcd of cp-1",
      host,
      address: "10.0.0.1",
      port: 2379,
    });
    try {
      await ETCD[asks](new EtcdClient(server, quickClock(), 2_000));
    } finally {
      server.close();
    }
  };
  for (const asks of Object.keys(ETCD))
    await endsWell(undefined, () => ask(asks));
  await checkAll(oddityOf(Object.keys(ETCD)), (oddity) =>
    endsWell(oddity, () => ask(oddity.asks)),
  );
});

test("any odd answer of a component says whether it is healthy", async () => {
  const host = await listening(
    "health",
    createPlainServer(answering(() => "ok")),
  );
  const health = {
    scheme: "http",
    host: "127.0.0.1",
    port: 10248,
    path: "/healthz",
  } as const;
  const component = { name: "kubelet", health, ports: [], timeout: 1 };
  await checkAll(oddityOf(["health"]), (oddity) =>
    endsWell(oddity, () => unhealthyOf(host, [component], undefined)),
  );
});
