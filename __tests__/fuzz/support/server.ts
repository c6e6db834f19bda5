import { Buffer } from "node:buffer";

/** The JSON that an honest server answers to a request. */
export type Honest = (
  method: string,
  path: string,
  body: Readonly<Record<string, unknown>>,
) => unknown;

const RESOURCES: Readonly<
  Record<string, readonly (readonly [string, string, boolean])[]>
> = {
  "/api/v1": [
    ["namespaces", "Namespace", false],
    ["nodes", "Node", false],
    ["pods", "Pod", true],
    ["pods/eviction", "Eviction", true],
    ["secrets", "Secret", true],
    ["serviceaccounts", "ServiceAccount", true],
  ],
  "/apis/apps/v1": [["deployments", "Deployment", true]],
  "/apis/g/v1": [["xs", "X", false]],
  "/apis/authentication.k8s.io/v1": [["tokenreviews", "TokenReview", false]],
};

const metadata = (name: string) => ({
  name,
  uid: "1-2-3",
  resourceVersion: "7",
  labels: { a: "b" },
  annotations: { "cdktf-control-plane/taints": "a:NoSchedule" },
  ownerReferences: [{ kind: "ReplicaSet", controller: true }],
  managedFields: [],
});

const OBJECTS: Readonly<Record<string, object>> = {
  nodes: {
    spec: {
      taints: [
        { key: "a", effect: "NoSchedule", timeAdded: "2026-01-01T00:00:00Z" },
      ],
      podCIDRs: ["10.244.0.0/24", "fd00::/64"],
    },
    status: {
      conditions: [{ type: "Ready", status: "True", message: "it is" }],
      addresses: [{ type: "InternalIP", address: "10.0.0.1" }],
    },
  },
  pods: { status: { phase: "Running" } },
  secrets: { data: { token: "YQ==" } },
};

/** An API server that has every object that it is asked for. */
export const apiAnswer: Honest = (method, path, body) => {
  const [plain] = path.split("?");
  const resources = RESOURCES[plain];
  if (resources)
    return {
      kind: "APIResourceList",
      resources: resources.map(([name, kind, namespaced]) => ({
        name,
        kind,
        namespaced,
      })),
    };
  if (plain === "/version")
    return { major: "1", minor: "36", gitVersion: "v1.36.3" };
  if (plain.endsWith("/customresourcedefinitions"))
    return {
      items: [
        { metadata: metadata("x"), spec: { group: "g", names: { kind: "X" } } },
      ],
    };
  if (plain.endsWith("/token")) return { status: { token: "a.b.c" } };
  if (plain.endsWith("/tokenreviews"))
    return { status: { authenticated: true } };
  const words = plain.split("/");
  const isList = method === "GET" && (words.at(-1) ?? "") in OBJECTS;
  const kind = isList ? words.at(-1) : words.at(-2);
  const object = {
    apiVersion: "v1",
    kind: "X",
    ...OBJECTS[kind ?? ""],
    ...body,
    metadata: { ...metadata("cp-1"), namespace: "default" },
  };
  return isList ? { items: [object] } : object;
};

const MEMBER = {
  ID: "9372538179322589801",
  name: "cp-1",
  peerURLs: ["https://10.0.0.1:2380"],
  clientURLs: ["https://10.0.0.1:2379"],
  isLearner: false,
};

const HEADER = {
  cluster_id: "1",
  member_id: "9372538179322589801",
  revision: "5",
};

/** A member of etcd. */
export const etcdAnswer: Honest = (_, path) => {
  if (path.startsWith("/health")) return { health: "true", reason: "" };
  if (path.endsWith("/status"))
    return {
      header: HEADER,
      version: "3.6.6",
      dbSize: "20480",
      leader: "9372538179322589801",
      raftIndex: "10",
      raftTerm: "2",
      raftAppliedIndex: "10",
    };
  if (path.endsWith("/alarm"))
    return {
      header: HEADER,
      alarms: [{ memberID: "9372538179322589801", alarm: "NOSPACE" }],
    };
  return path.endsWith("/add")
    ? { header: HEADER, member: MEMBER, members: [MEMBER] }
    : { header: HEADER, members: [MEMBER] };
};

/** The bytes of an answer over HTTP. */
export const httpAnswer = (
  status: number,
  headers: Readonly<Record<string, string>>,
  body: Buffer,
): Buffer =>
  Buffer.concat([
    Buffer.from(
      [
        `HTTP/1.1 ${status} X`,
        ...Object.entries({ ...headers, "content-length": body.length }).map(
          ([name, value]) => `${name}: ${value}`,
        ),
        "connection: close",
        "",
        "",
      ].join("\r\n"),
    ),
    body,
  ]);
