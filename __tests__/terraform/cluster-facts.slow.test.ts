import { createPrivateKey } from "node:crypto";
import { renameSync } from "node:fs";
import { type ControlPlaneProps, Duration, KeyAlgorithm } from "../../lib";
import { CLUSTER_FACTS } from "../../lib/catalog/cluster-facts";
import type { Inventory } from "../../lib/store/inventory";
import { cluster, node, STORE } from "../support/cluster";
import { NOTHING } from "../support/terraform";
import { LiveCluster } from "./support/live-cluster";

type Props = Partial<ControlPlaneProps>;

const live = new LiveCluster();
const { deployment } = live;
beforeAll(() => live.setUp());
afterAll(() => deployment.dispose());

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
      expect(live.refused(cluster(props))).toEqual({ [fact]: change });
    },
  );

  test("fails when everything changes, with all of it in one error, and with the way on", () => {
    expect(live.refused(cluster(ALL))).toEqual(
      Object.fromEntries(
        Object.entries(CHANGES).map(([fact, [, change]]) => [fact, change]),
      ),
    );
    const [error] = live.errorsOf(cluster(ALL));
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
    expect(Object.keys(live.refused(some))).toEqual([
      "serviceSubnet",
      "keyAlgorithm",
      "nodeNames",
    ]);
    expect(live.errorsOf(some)[0]).toContain(
      'allowChangesTo: ["dnsDomain","podSubnet","serviceSubnet","keyAlgorithm","nodeNames"]',
    );
  });

  test.each(Object.entries(CHANGES))(
    "succeeds if the change of %s is allowed",
    (fact, [props]) => {
      const allowed = { allowChangesTo: [fact] } as Props;
      expect(live.refused(cluster({ ...props, ...allowed }))).toEqual({});
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
      live.withFacts(facts, () =>
        expect(live.refused(cluster(props))).toEqual({}),
      );
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
      live.withFacts(facts, () =>
        expect(Object.keys(live.refused(cluster(props)))).toEqual([fact]),
      );
    });
  });

  describe("made by an earlier version", () => {
    test("is empty", () => {
      live.withInventory(ofEarlierVersion, () => {
        deployment.program(cluster());
        expect(deployment.plan().changes).toEqual(NOTHING);
      });
    });

    test("fails when something changes, as far as kubeadm-config says what it was", () => {
      live.withInventory(ofEarlierVersion, () =>
        expect(Object.keys(live.refused(cluster(ALL)))).toEqual(
          Object.keys(CHANGES),
        ),
      );
    });

    test("succeeds if nobody knows what it was", () => {
      const file = deployment.path(STORE, "objects/kubeadm-config.yaml");
      renameSync(file, `${file}.away`);
      live.withInventory(ofEarlierVersion, () => {
        for (const [fact, [props]] of Object.entries(CHANGES))
          if (fact !== "nodeNames")
            expect(live.refused(cluster(props))).toEqual({});
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
    live.withInventory(failed, () =>
      expect(live.refused(cluster(ALL))).toEqual({}),
    );
  });
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
  expect(live.refused(cluster())).toEqual({
    keyAlgorithm: "RSA-2048 would become ECDSA-P256",
  });
});

test("another clusterName is told as a rename, with the commands that truly work", () => {
  const props = { keyAlgorithm: KeyAlgorithm.RSA_2048, clusterName: "other" };

  const errors = live.errorsOf(cluster(props));

  expect(errors).toHaveLength(1);
  const command = /allowChangesTo: \["clusterName"\] .*:\n {2}mv (\S+) (\S+)\n/;
  const [, from, to] = command.exec(errors[0])!;
  expect([from, to]).toEqual(["clusters/test", "clusters/other"]);
  const files = Object.keys(deployment.hashes(from)).sort();
  renameSync(deployment.path(from), deployment.path(to));
  expect(live.refused(cluster(props))).toEqual({
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
