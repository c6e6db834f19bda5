import { createPrivateKey } from "node:crypto";
import { renameSync } from "node:fs";
import { TerraformResource } from "cdktf";
import {
  type ControlPlaneProps,
  Duration,
  KeyAlgorithm,
  LocalControlPlane,
  NodeAccess,
} from "../../lib";
import { CLUSTER_FACTS } from "../../lib/catalog/cluster-facts";
import type { Inventory } from "../../lib/store/inventory";
import { cluster, node, STORE } from "../support/cluster";
import { Deployment, NOTHING, type Program } from "../support/terraform";

type Props = Partial<ControlPlaneProps>;

const INVENTORY = `${STORE}/inventory.json`;

const deployment = new Deployment();
afterAll(() => deployment.dispose());
beforeAll(() => {
  deployment.program(cluster()).apply();
});

/** The errors of a plan, which changes nothing. */
function errorsOf(program: Program): string[] {
  const present = () => [deployment.hashes("clusters"), deployment.state()];
  const before = present();
  const { errors } = deployment.program(program).tryPlan();
  expect(present()).toEqual(before);
  return errors.map((error) => error.replace(/^Resource .* failed\n/, ""));
}

/** The changes that a plan refuses in a single error, by fact: `10.96.0.0/12 would become 10.112.0.0/12`. */
function refused(program: Program): Record<string, string> {
  const errors = errorsOf(program);
  if (errors.length === 0) return {};
  expect(errors).toHaveLength(1);
  const lines = errors[0].split("\n").filter((line) => line.startsWith("- "));
  return Object.fromEntries(
    lines.map((line) => {
      const [, fact, change, text] =
        /^- (\w+): (.*? would become \S+(?:, .*? would become \S+)*)\. (.*)$/.exec(
          line,
        )!;
      const row = CLUSTER_FACTS.find((each) => each.fact === fact);
      expect(text).toContain(`${row?.breaks} ${row?.way}`);
      return [fact, change];
    }),
  );
}

/** Runs an action over an inventory as an earlier apply would have left it. */
function withInventory<T>(
  change: (inventory: Inventory) => object,
  action: () => T,
): T {
  const before = deployment.read(INVENTORY);
  deployment.write(INVENTORY, JSON.stringify(change(JSON.parse(before))));
  try {
    return action();
  } finally {
    deployment.write(INVENTORY, before);
  }
}

const withFacts = (facts: object, action: () => void): void =>
  withInventory(
    (inventory) => ({ ...inventory, facts: { ...inventory.facts, ...facts } }),
    action,
  );

/** The inventory of an earlier version, which recorded no facts. */
const ofEarlierVersion = (inventory: Inventory) => ({
  ...inventory,
  facts: undefined,
});

const RENAMED: Props = { nodes: [node(1, { name: "cp-x" })] };
/** In the order in which an error lists them. */
const CHANGES: Readonly<Record<string, readonly [Props, string]>> = {
  serviceSubnet: [
    { serviceSubnet: "10.112.0.0/12" },
    "10.96.0.0/12 would become 10.112.0.0/12",
  ],
  podSubnet: [
    { podSubnet: "10.245.0.0/16" },
    "10.244.0.0/16 would become 10.245.0.0/16",
  ],
  dnsDomain: [
    { dnsDomain: "example.org" },
    "cluster.local would become example.org",
  ],
  keyAlgorithm: [
    { keyAlgorithm: KeyAlgorithm.RSA_2048 },
    "ECDSA-P256 would become RSA-2048",
  ],
  nodeNames: [RENAMED, "cp-1 would become cp-x"],
};
const ALL: Props = Object.assign(
  {},
  ...Object.values(CHANGES).map(([props]) => props),
);

describe("a plan over a cluster that is set up", () => {
  test.each(Object.entries(CHANGES))(
    "fails when %s changes, and says what breaks",
    (fact, [props, change]) => {
      expect(refused(cluster(props))).toEqual({ [fact]: change });
    },
  );

  test("fails when everything changes, with all of it in one error, and with the way on", () => {
    expect(refused(cluster(ALL))).toEqual(
      Object.fromEntries(
        Object.entries(CHANGES).map(([fact, [, change]]) => [fact, change]),
      ),
    );
    const [error] = errorsOf(cluster(ALL));
    expect(error).toMatch(
      /^The cluster test is set up, and this plan would change what a live cluster keeps\.\n- /,
    );
    expect(error).toMatch(
      /\nUndo the change\. Or, if you accept what breaks, set the prop allowChangesTo: \["serviceSubnet","podSubnet","dnsDomain","keyAlgorithm","nodeNames"\], and remove it after the deploy\.$/,
    );
  });

  test("fails when only some of the changes are allowed, and keeps those in the advice", () => {
    const some = cluster({
      ...ALL,
      allowChangesTo: ["dnsDomain", "podSubnet"],
    });
    expect(Object.keys(refused(some))).toEqual([
      "serviceSubnet",
      "keyAlgorithm",
      "nodeNames",
    ]);
    expect(errorsOf(some)[0]).toContain(
      'allowChangesTo: ["dnsDomain","podSubnet","serviceSubnet","keyAlgorithm","nodeNames"]',
    );
  });

  test.each(Object.entries(CHANGES))(
    "succeeds if the change of %s is allowed",
    (fact, [props]) => {
      const allowed = { allowChangesTo: [fact] } as Props;
      expect(refused(cluster({ ...props, ...allowed }))).toEqual({});
    },
  );

  test("is empty if changes are allowed that the program does not make", () => {
    deployment.program(
      cluster({ allowChangesTo: CLUSTER_FACTS.map(({ fact }) => fact) }),
    );
    expect(deployment.plan().changes).toEqual(NOTHING);
  });

  describe("with other ranges", () => {
    const V6 = { serviceSubnet: "10.96.0.0/12,fd01::/112" };
    test.each<[string, object, Props]>([
      [
        "a podSubnet that contains the present one",
        {},
        { podSubnet: "10.240.0.0/12" },
      ],
      [
        "the other family after the present one",
        {},
        { ...V6, podSubnet: "10.244.0.0/16,fd00::/56" },
      ],
      ["a first podSubnet", { podSubnet: "" }, {}],
      [
        "another spelling",
        { serviceSubnet: "fd01:0::0/112", podSubnet: "FD00::/56" },
        {
          nodes: [node(1, { address: "fd02::1" })],
          serviceSubnet: "fd01::/112",
          podSubnet: "fd00::/56",
        },
      ],
      [
        "any podSubnet where nodes get no ranges from it",
        { podSubnet: "10.0.0.0/16" },
        {
          controllerManager: { extraArgs: { "allocate-node-cidrs": "false" } },
        },
      ],
      [
        "facts of which some are unknown",
        { podSubnet: undefined, dnsDomain: null },
        {},
      ],
    ])("accepts %s", (_, facts, props) => {
      withFacts(facts, () => expect(refused(cluster(props))).toEqual({}));
    });

    test.each<[string, object, Props, string]>([
      [
        "a serviceSubnet that contains the present one",
        { serviceSubnet: "10.96.0.0/16" },
        {},
        "serviceSubnet",
      ],
      ["a smaller podSubnet", {}, { podSubnet: "10.244.0.0/17" }, "podSubnet"],
      [
        "a podSubnet only beside the present one",
        {},
        { podSubnet: "10.246.0.0/15" },
        "podSubnet",
      ],
      ["no podSubnet any more", {}, { podSubnet: "" }, "podSubnet"],
      [
        "a family less",
        { serviceSubnet: "10.96.0.0/12,fd01::/112" },
        {},
        "serviceSubnet",
      ],
      [
        "the families in another order",
        { serviceSubnet: "fd01::/112,10.96.0.0/12" },
        {
          serviceSubnet: "10.96.0.0/12,fd01::/112",
          podSubnet: "10.244.0.0/16,fd00::/56",
        },
        "serviceSubnet",
      ],
    ])("fails when there is %s", (_, facts, props, fact) => {
      withFacts(facts, () =>
        expect(Object.keys(refused(cluster(props)))).toEqual([fact]),
      );
    });
  });

  describe("made by an earlier version", () => {
    test("is empty", () => {
      withInventory(ofEarlierVersion, () => {
        deployment.program(cluster());
        expect(deployment.plan().changes).toEqual(NOTHING);
      });
    });

    test("fails when something changes, as far as kubeadm-config says what it was", () => {
      withInventory(ofEarlierVersion, () =>
        expect(Object.keys(refused(cluster(ALL)))).toEqual(
          Object.keys(CHANGES),
        ),
      );
    });

    test("succeeds if nobody knows what it was", () => {
      const file = deployment.path(STORE, "objects/kubeadm-config.yaml");
      renameSync(file, `${file}.away`);
      withInventory(ofEarlierVersion, () => {
        for (const [fact, [props]] of Object.entries(CHANGES))
          if (fact !== "nodeNames") expect(refused(cluster(props))).toEqual({});
      });
      renameSync(`${file}.away`, file);
    });
  });

  test("succeeds if its first rollout failed before it changed a host", () => {
    const access = { kind: "ssh", host: "10.0.0.11", sudo: true };
    const failed = (inventory: Inventory) => ({
      ...ofEarlierVersion(inventory),
      nodes: { "cp-1": { address: "10.0.0.11", access, components: [] } },
    });
    withInventory(failed, () => expect(refused(cluster(ALL))).toEqual({}));
  });
});

describe("nodes", () => {
  const ssh = (host: string, more = {}) =>
    node(1, { access: NodeAccess.ssh({ host }), ...more });
  const hosted = (more: object) => (inventory: Inventory) => ({
    ...inventory,
    nodes: {
      "cp-1": {
        address: "10.0.0.11",
        access: { kind: "ssh", host: "10.0.0.11", sudo: true },
        components: [],
        tree: "1",
        ...more,
      },
    },
  });

  test.each<[string, object, Props]>([
    [
      "at another address",
      {},
      { nodes: [ssh("b", { name: "cp-x", address: "10.0.0.12" })] },
    ],
    [
      "on another machine with the same address",
      { machineId: "1".repeat(32) },
      { nodes: [ssh("b", { name: "cp-x", machineId: "2".repeat(32) })] },
    ],
    [
      "in place of one that retired",
      { retired: true },
      { nodes: [ssh("b", { name: "cp-x" })] },
    ],
    [
      "in place of one that was never set up",
      { tree: undefined },
      { nodes: [ssh("b", { name: "cp-x" })] },
    ],
  ])("get another name if they are %s", (_, before, props) => {
    withInventory(hosted(before), () =>
      expect(refused(cluster(props))).toEqual({}),
    );
  });

  test("are not renamed on the same machine, told without a word of etcd's quorum", () => {
    const machineId = "1".repeat(32);
    withInventory(hosted({ machineId, member: true }), () =>
      expect(
        refused(cluster({ nodes: [ssh("a", { name: "cp-x", machineId })] })),
      ).toEqual({ nodeNames: "cp-1 would become cp-x" }),
    );
  });

  test("on hosts are not renamed either way, and no prop is advised that could not help", () => {
    const renamed = { nodes: [ssh("a", { name: "cp-x" })] };
    for (const props of [{}, { allowChangesTo: ["nodeNames"] } as Props])
      withInventory(hosted({}), () => {
        const errors = errorsOf(cluster({ ...renamed, ...props }));
        expect(errors).toHaveLength(1);
        expect(errors[0]).toMatch(
          /cannot be allowed on a host, .*\.\nUndo the change\.$/,
        );
      });
  });

  test("do not swap their names", () => {
    const nodes = [
      ssh("a", { name: "cp-2" }),
      ssh("b", { name: "cp-1", address: "10.0.0.12" }),
    ];
    withInventory(hosted({}), () =>
      expect(refused(cluster({ nodes }))).toEqual({
        nodeNames: "cp-1 would become cp-2",
      }),
    );
  });

  test("of a pool are not renamed either", () => {
    const pool = (stack: Parameters<Program>[0]) =>
      cluster({ nodes: [ssh("a")] }, (controlPlane) =>
        controlPlane.addWorkers("blue", {
          nodes: [ssh("w", { name: "w-x", address: "10.0.1.1" })],
        }),
      )(stack);
    const withWorker = (inventory: Inventory) => {
      const { nodes } = hosted({})(inventory);
      const worker = { ...nodes["cp-1"], address: "10.0.1.1", pool: "blue" };
      return { ...inventory, nodes: { ...nodes, "w-1": worker } };
    };
    withInventory(withWorker, () =>
      expect(refused(pool)).toEqual({ nodeNames: "w-1 would become w-x" }),
    );
  });

  test("whose addresses are known only at apply do not hide other changes", () => {
    const late: Program = (stack) => {
      const machine = new TerraformResource(stack, "machine", {
        terraformResourceType: "terraform_data",
      });
      machine.addOverride("input", "10.0.0.11");
      const address = machine.getStringAttribute("output");
      cluster({
        dnsDomain: "example.org",
        nodes: [node(1, { name: "cp-x", address })],
      })(stack);
    };
    expect(Object.keys(refused(late))).toEqual(["dnsDomain"]);
  });
});

test("a local control plane that is set up is told the same", () => {
  const local =
    (props: object): Program =>
    (stack) =>
      new LocalControlPlane(stack, "local", {
        kubernetesVersion: "1.36.3",
        clusterName: "local",
        ...props,
      });
  const other = new Deployment();
  const facts = {
    clusterName: "local",
    serviceSubnet: "10.96.0.0/12",
    podSubnet: "",
    dnsDomain: "cluster.local",
    keyAlgorithm: "ECDSA-P256",
  };
  other.write(
    "clusters/local/inventory.json",
    JSON.stringify({ stack: "stack", facts }),
  );
  const plan = (props: object) => other.program(local(props)).tryPlan();
  expect(plan({}).errors).toEqual([]);
  const changes = {
    serviceSubnet: "10.112.0.0/12",
    dnsDomain: "example.org",
    keyAlgorithm: KeyAlgorithm.RSA_2048,
  };
  const { errors } = plan(changes);
  expect(errors).toHaveLength(1);
  for (const fact of Object.keys(changes))
    expect(errors[0]).toContain(`\n- ${fact}: `);
  const allowChangesTo = Object.keys(changes);
  expect(plan({ ...changes, allowChangesTo }).errors).toEqual([]);
  other.dispose();
});

test("another key algorithm, once allowed, is for certificates, and the prop can go afterwards", () => {
  const props = { keyAlgorithm: KeyAlgorithm.RSA_2048 };
  const kind = (path: string) =>
    createPrivateKey(deployment.read(`${STORE}/${path}`)).asymmetricKeyType;
  const kept = [
    "pki/ca.key",
    "pki/etcd/ca.key",
    "pki/front-proxy-ca.key",
    "pki/sa.key",
  ];
  const before = deployment.hashes(STORE);

  deployment
    .program(cluster({ ...props, allowChangesTo: ["keyAlgorithm"] }))
    .apply();

  const after = deployment.hashes(STORE);
  for (const path of [...kept, "pki/ca.crt", "pki/sa.pub"])
    expect([path, after[path]]).toEqual([path, before[path]]);
  expect(kept.map(kind)).toEqual(kept.map(() => "ec"));
  expect(kind("nodes/cp-1/root/etc/kubernetes/pki/apiserver.key")).toBe("rsa");
  expect(deployment.program(cluster(props)).plan().changes).toEqual(NOTHING);
  // A later run of the batches of the CAs does not refuse the kept keys.
  deployment
    .program(cluster({ ...props, caCertificateValidity: Duration.days(4000) }))
    .apply();
  deployment.program(cluster(props)).apply();
  expect(kept.map((path) => deployment.hashes(STORE)[path])).toEqual(
    kept.map((path) => before[path]),
  );
  expect(refused(cluster())).toEqual({
    keyAlgorithm: "RSA-2048 would become ECDSA-P256",
  });
});

test("another clusterName is told as a rename, with the commands that truly work", () => {
  const props = { keyAlgorithm: KeyAlgorithm.RSA_2048, clusterName: "other" };

  const errors = errorsOf(cluster(props));

  expect(errors).toHaveLength(1);
  const command = /allowChangesTo: \["clusterName"\] .*:\n {2}mv (\S+) (\S+)\n/;
  const [, from, to] = command.exec(errors[0])!;
  expect([from, to]).toEqual(["clusters/test", "clusters/other"]);
  const files = Object.keys(deployment.hashes(from)).sort();
  renameSync(deployment.path(from), deployment.path(to));
  expect(refused(cluster(props))).toEqual({
    clusterName: "test would become other",
  });
  deployment
    .program(cluster({ ...props, allowChangesTo: ["clusterName"] }))
    .apply();
  expect(Object.keys(deployment.hashes(to)).sort()).toEqual(files);
  expect(deployment.program(cluster(props)).plan().changes).toEqual(NOTHING);
});

test("a destroy does not ask what a cluster keeps, and the next cluster is free to differ", () => {
  deployment.program(cluster({ clusterName: "other", dnsDomain: "a.org" }));
  expect(deployment.tryPlan().ok).toBe(false);
  expect(deployment.destroy().errors).toEqual([]);
  expect(deployment.plan().changes.created).not.toEqual([]);
});
