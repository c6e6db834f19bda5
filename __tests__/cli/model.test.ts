import { clusterOf } from "../../lib/cli/model/cluster";
import { betweenNodes, connectionWords } from "../../lib/cli/model/connections";
import type { StoreFacts } from "../../lib/cli/model/facts";
import { worst } from "../../lib/cli/model/validity";
import { type NodeDrift, noDrift } from "../../lib/request/drift";
import type { Inventory } from "../../lib/store/inventory";
import { deployed, planned, type Shape, SHAPES } from "./support/shapes";

test("finds the worst state, and of those the one that ends first", () => {
  const due = { state: "due", notAfter: "2027-05-01" } as const;
  expect(
    worst([
      { state: "fine", notAfter: "2027-04-01" },
      { state: "due", notAfter: "2027-06-01" },
      due,
      { state: "none" },
    ]),
  ).toBe(due);
  expect(worst([])).toBeUndefined();
});

/** `from -> to: words`, and `on cp-1: client -> server` for connections inside of nodes. */
const connectionsOf = (shape: Shape): string[] =>
  planned(SHAPES[shape]).connections.map((each) => {
    const words = connectionWords([each]);
    return each.isOwn
      ? `own ${words}`
      : `${each.from} to ${each.to}${words && `: ${words}`}`;
  });

test.each<[Shape, string[]]>([
  [
    "nodes in directories",
    [
      "clients to endpoint",
      "endpoint to control-plane: kube-apiserver :6443",
      "control-plane to control-plane: kube-apiserver → kubelet :10250",
      "own kube-apiserver → etcd :2379",
      "control-plane to control-plane: etcd → etcd :2380",
      "own kube-controller-manager → kube-apiserver :6443",
      "own kube-scheduler → kube-apiserver :6443",
      "own kubelet → kube-apiserver :6443",
    ],
  ],
  [
    "a virtual IP, units, and etcd on its own hosts",
    [
      "clients to endpoint",
      "endpoint to control-plane: kube-apiserver :6443",
      "control-plane to control-plane: kube-apiserver → kubelet :10250",
      "control-plane to etcd: kube-apiserver → etcd :2379",
      "own kube-controller-manager → kube-apiserver :6443",
      "own kube-scheduler → kube-apiserver :6443",
      "own kubelet → kube-apiserver :6443",
      "control-plane to endpoint: kube-proxy → endpoint",
      "etcd to etcd: etcd → etcd :2380",
    ],
  ],
  [
    "a proxy on each node, and etcd elsewhere",
    [
      "clients to endpoint",
      "endpoint to control-plane: kube-apiserver :6443",
      "control-plane to control-plane: kube-apiserver → kubelet :10250",
      "control-plane to workers: kube-apiserver → kubelet :10250",
      "control-plane to etcd: kube-apiserver → etcd",
      "own kube-controller-manager → kube-apiserver :6443",
      "own kube-scheduler → kube-apiserver :6443",
      "own kubelet → kube-apiserver :6443",
      "workers to endpoint: kubelet → endpoint",
    ],
  ],
  [
    "processes on this machine, with a token",
    [
      "clients to endpoint",
      "endpoint to control-plane: kube-apiserver :6443",
      "own kube-apiserver → etcd :2379",
      "own kube-controller-manager → kube-apiserver :6443",
    ],
  ],
  ["certificates alone", []],
  ["one component on its own", []],
])("knows who talks to whom: %s", (shape, wanted) => {
  expect(connectionsOf(shape)).toEqual(wanted);
});

test("says what connects the nodes of a layer, if there is more than one", () => {
  const words = (shape: Shape) => {
    const { layers, connections } = planned(SHAPES[shape]);
    return layers.map((layer) => betweenNodes(layer, connections));
  };
  expect(words("nodes in directories")).toContain(
    "between nodes: kube-apiserver → kubelet :10250, etcd → etcd :2380",
  );
  expect(words("a CA whose key is elsewhere").filter(Boolean)).toEqual([]);
});

test.each<[Shape, string[]]>([
  [
    "hosts with a large pool",
    [
      "People and programs",
      "Endpoint",
      "3 control-plane nodes: cp-1; cp-2; cp-3",
      "31 workers: gpu-a; worker-1 … worker-30",
    ],
  ],
  [
    "a virtual IP, units, and etcd on its own hosts",
    [
      "People and programs",
      "Endpoint",
      "2 control-plane nodes: cp-1; cp-2",
      "3 etcd members: etcd-1; etcd-2; etcd-3",
    ],
  ],
  [
    "a proxy on each node, and etcd elsewhere",
    [
      "People and programs",
      "Endpoint",
      "3 control-plane nodes: cp-1; cp-2; cp-3",
      "etcd, which is set up elsewhere",
      "2 workers: worker-1, worker-2",
    ],
  ],
  ["one component on its own", ["1 control-plane node: cp-2"]],
  ["certificates alone", []],
])("has the layers of %s", (shape, wanted) => {
  expect(
    planned(SHAPES[shape]).layers.map(({ title, groups }) =>
      [title, groups.map(({ name }) => name).join("; ")]
        .filter(Boolean)
        .join(": "),
    ),
  ).toEqual(wanted);
});

test.each<[Shape, string | undefined]>([
  ["nodes in directories", "load balancer or name that you provide"],
  [
    "a virtual IP, units, and etcd on its own hosts",
    "virtual IP, held by a control-plane node",
  ],
  ["a proxy on each node, and etcd elsewhere", "proxy on each node"],
  ["processes on this machine, with a token", "on this machine"],
  ["certificates alone", undefined],
])("says what answers at the endpoint of %s", (shape, about) => {
  expect(planned(SHAPES[shape]).endpoint?.about).toBe(about);
});

test.each(Object.keys(SHAPES) as Shape[])(
  "knows who signs each certificate, and its component, before it is made: %s",
  (shape) => {
    const { authorities, certificates } = planned(SHAPES[shape]);
    expect(certificates.every(({ state }) => state === "none")).toBe(true);
    const leaves = certificates.filter(({ isAuthority }) => !isAuthority);
    expect(leaves.filter(({ signer }) => signer === undefined)).toEqual([]);
    const signed = authorities.flatMap(({ kind, signs }) =>
      kind === "authority" ? signs : [],
    );
    expect(signed.reduce((sum, { count }) => sum + count, 0)).toBe(
      leaves.length,
    );
    // Those of a node that no component uses are for the people who log in there.
    const unused = leaves.filter(
      ({ node, component }) => node !== undefined && component === undefined,
    );
    for (const { purpose } of unused)
      expect(purpose).toMatch(/^kubeconfig (of the admin|that no auth)/);
  },
);

describe("a certificate that is in the store and not in the program", () => {
  const { facts } = deployed(SHAPES["certificates alone"]);
  const inspected = facts.inspected!;
  const [ca, web] = inspected.certificates;
  const clusterWith = (left: typeof web) =>
    clusterOf({
      ...facts,
      inspected: { ...inspected, certificates: [ca, web, left] },
    });
  const left = {
    ...web,
    purpose: "serving certificate of kube-apiserver on cp-9",
    files: ["nodes/cp-9/root/etc/kubernetes/pki/apiserver.crt"],
  };

  test("belongs to its node, and to the CA with the name of its issuer", () => {
    const issuer = ca.subject.replace("CN=", "");
    const { certificates } = clusterWith({ ...left, issuer });
    expect(certificates.map(({ isLeft }) => isLeft)).toEqual([
      false,
      false,
      true,
    ]);
    expect(certificates[2]).toMatchObject({
      purpose: "serving certificate of kube-apiserver",
      node: "cp-9",
      component: "kube-apiserver",
      signer: "pki/ca.crt",
    });
  });

  test("is signed elsewhere if no CA of the store has that name", () => {
    const { authorities } = clusterWith({ ...left, issuer: "somebody" });
    expect(authorities.map(({ kind, signs }) => [kind, signs.length])).toEqual([
      ["authority", 1],
      ["elsewhere", 1],
    ]);
  });
});

test("names who signed a CA that another CA signed", () => {
  const { facts } = deployed(SHAPES["certificates alone"]);
  const inspected = facts.inspected!;
  const [ca, ...others] = inspected.certificates;
  const below = { ...ca, issuer: "Company Root" };
  const { authorities } = clusterOf({
    ...facts,
    inspected: { ...inspected, certificates: [below, ...others] },
  });
  expect(authorities[0].issuer).toBe("Company Root");
});

test.each([
  ["planned", planned(SHAPES["hosts with a large pool"])],
  ["set up", deployed(SHAPES["hosts with a large pool"])],
  ["directory", deployed(SHAPES["nodes in directories"])],
])("says that nodes are %s", (state, { nodes }) => {
  expect(new Set(nodes.map((node) => node.state))).toEqual(new Set([state]));
});

describe("the state of a node", () => {
  const { facts } = deployed(SHAPES["hosts with a large pool"]);
  const recorded = facts.inventory!.nodes!;
  const stateOf = (name: string, changes: Partial<StoreFacts>) =>
    clusterOf({ ...facts, ...changes }).nodes.find((node) => node.name === name)
      ?.state;
  const inventory = (nodes: Inventory["nodes"]): Partial<StoreFacts> => ({
    inventory: { ...facts.inventory!, nodes: { ...recorded, ...nodes } },
  });
  const checked = (drift: Partial<NodeDrift>): Partial<StoreFacts> => ({
    checked: {
      store: "clusters/test",
      nodes: [{ ...noDrift("cp-1"), ...drift }],
      retired: [],
    },
  });
  const { "cp-1": own } = recorded;

  test.each<[string, string, Partial<StoreFacts>]>([
    ["set up", "cp-1", checked({})],
    ["differs", "cp-1", checked({ missing: ["/etc/hosts"] })],
    ["unreachable", "cp-1", checked({ unreachable: "no route" })],
    ["begun", "cp-1", inventory({ "cp-1": { ...own, tree: undefined } })],
    ["retired", "cp-1", inventory({ "cp-1": { ...own, retired: true } })],
    ["leaving", "cp-9", inventory({ "cp-9": own })],
    ["retired", "cp-9", inventory({ "cp-9": { ...own, retired: true } })],
  ])("is %s (%s)", (state, name, changes) => {
    expect(stateOf(name, changes)).toBe(state);
  });
});

test("does not join a worker with others if something about it differs", () => {
  const { layers } = deployed(
    SHAPES["hosts with a large pool"],
    ({ files: [file] }) =>
      new Date(
        file.startsWith("nodes/worker-7/") ? "2026-04-01" : "2027-01-01",
      ),
  );
  expect(layers.at(-1)!.groups.map(({ name }) => name)).toEqual([
    "gpu-a",
    "worker-1 … worker-6, worker-8 … worker-30",
    "worker-7",
  ]);
});
