import { execFileSync } from "node:child_process";
import { cluster, node, NODES, STORE } from "../support/cluster";
import { Deployment, NOTHING, replaced } from "../support/terraform";
import { triggersOf } from "../support/resources";

/** All tests change the same cluster of three nodes, one after another. */
const deployment = new Deployment();
afterAll(() => deployment.dispose());

const NODE_NAMES = NODES.map(({ name }) => name);
const onNode = (name: string, path: string) => `nodes/${name}/root${path}`;
const onEachNode = (path: string) =>
  NODE_NAMES.map((name) => onNode(name, path));
const batches = NODE_NAMES.map((name) => `batch nodes/${name}`);
const MANIFESTS = "/etc/kubernetes/manifests";

test("the first apply makes everything and the second plan is empty", () => {
  const first = deployment.program(cluster({ nodes: NODES })).apply();

  expect(first.warnings).toEqual([]);
  expect(first.lines).toContainEqual(
    expect.stringMatching(/^cp-1: \d+ files made$/),
  );
  expect(deployment.plan()).toMatchObject({ changes: NOTHING, warnings: [] });
});

test("the certificates, keys and kubeconfigs belong together", () => {
  const pki = onNode("cp-1", "/etc/kubernetes/pki");
  const openssl = (...args: string[]) =>
    execFileSync("openssl", args, {
      cwd: deployment.path(STORE),
      encoding: "utf8",
    });

  expect(
    openssl(
      "verify",
      "-purpose",
      "sslserver",
      "-CAfile",
      "pki/ca.crt",
      `${pki}/apiserver.crt`,
    ),
  ).toContain("OK");
  expect(
    openssl("verify", "-CAfile", "pki/etcd/ca.crt", `${pki}/etcd/peer.crt`),
  ).toContain("OK");
  expect(deployment.read(`${STORE}/${pki}/ca.key`)).toBe(
    deployment.read(`${STORE}/pki/ca.key`),
  );
  const kubeconfig = deployment.read(`${STORE}/kubeconfigs/admin.conf`);
  const ca = Buffer.from(deployment.read(`${STORE}/pki/ca.crt`));
  expect(kubeconfig).toContain(
    `certificate-authority-data: ${ca.toString("base64")}`,
  );
});

const FLAG = { apiServer: { extraArgs: { "audit-log-maxage": "30" } } };
const FLAG_AND_NAME = { ...FLAG, certSans: ["further.example.org"] };

describe("a changed flag of the API server", () => {
  test("is one line of the plan in each manifest", () => {
    deployment.program(cluster({ nodes: NODES, ...FLAG }));

    const manifests = deployment
      .planJson()
      .resource_changes.filter(
        ({ address, change }) =>
          address.includes("manifest") && !change.actions.includes("no-op"),
      );
    expect(manifests).toHaveLength(3);
    for (const { change } of manifests) {
      const before = triggersOf(change.before)?.spec.split("\n") ?? [];
      const after = triggersOf(change.after)?.spec.split("\n") ?? [];
      expect(after.filter((line) => !before.includes(line))).toEqual([
        "        - --audit-log-maxage=30",
      ]);
      expect(after).toHaveLength(before.length + 1);
    }
  });

  test("replaces the files that contain it, with their batches, and nothing else", () => {
    const run = deployment.apply();

    expect(run.changes).toEqual(
      replaced(
        ...onEachNode(`${MANIFESTS}/kube-apiserver.yaml`),
        ...batches,
        "objects/kubeadm-config.yaml",
        "batch objects",
        "rollout",
      ),
    );
    expect(run.lines).toContainEqual(
      expect.stringMatching(/^cp-1: 1 file made, \d+ unchanged$/),
    );
    expect(deployment.plan().changes).toEqual(NOTHING);
  });
});

test("a further name replaces the API servers' certificates, and other files that contain it", () => {
  deployment.program(cluster({ nodes: NODES, ...FLAG_AND_NAME }));

  expect(deployment.apply().changes).toEqual(
    replaced(
      ...onEachNode("/etc/kubernetes/pki/apiserver.crt"),
      ...batches,
      "objects/kubeadm-config.yaml",
      "batch objects",
      "rollout",
    ),
  );
  expect(deployment.plan().changes).toEqual(NOTHING);
});

describe("a user who is added", () => {
  const user = cluster({ nodes: NODES, ...FLAG_AND_NAME }, (controlPlane) =>
    controlPlane.addUser("jane", { groups: ["dev"] }),
  );

  test("gets a kubeconfig, and the administrators' kubeconfig does not change", () => {
    const admin = deployment.read(`${STORE}/kubeconfigs/admin.conf`);

    expect(deployment.program(user).apply().changes).toEqual({
      ...replaced("batch kubeconfigs", "rollout"),
      created: ["kubeconfigs/jane.conf"],
    });
    expect(deployment.files(`${STORE}/kubeconfigs`)).toEqual([
      "admin.conf",
      "jane.conf",
    ]);
    expect(deployment.read(`${STORE}/kubeconfigs/admin.conf`)).toBe(admin);
  });

  test("loses it when the user is removed", () => {
    deployment.program(cluster({ nodes: NODES, ...FLAG_AND_NAME }));

    expect(deployment.apply().changes).toEqual({
      ...replaced("batch kubeconfigs", "rollout"),
      deleted: ["kubeconfigs/jane.conf"],
    });
    expect(deployment.files(`${STORE}/kubeconfigs`)).toEqual(["admin.conf"]);
    expect(deployment.plan().changes).toEqual(NOTHING);
  });
});

describe("the list of nodes", () => {
  const etcd = `${MANIFESTS}/etcd.yaml`;
  const naming = (...names: string[]) => [
    ...names.flatMap((name) => [onNode(name, etcd), `batch nodes/${name}`]),
    "objects/nodes.yaml",
    "batch objects",
  ];

  test("loses a node, and other nodes change only in files that name it", () => {
    const run = deployment
      .program(
        cluster({
          nodes: NODES.slice(0, 2),
          ...FLAG_AND_NAME,
        }),
      )
      .apply();

    expect(run.changes.replaced).toEqual(
      replaced(...naming("cp-1", "cp-2"), "rollout").replaced,
    );
    expect(run.changes.created).toEqual([]);
    expect(run.changes.deleted.length).toBeGreaterThan(20);
    expect(run.changes.deleted.every((name) => name.includes("cp-3"))).toBe(
      true,
    );
    expect(
      deployment
        .files(`${STORE}/nodes`)
        .filter((path) => path.startsWith("cp-3")),
    ).toEqual([]);
    expect(run.warnings).toEqual([]);
    expect(deployment.plan().changes).toEqual(NOTHING);
  });

  test("gains a node, and other nodes change only in files that name it", () => {
    const run = deployment
      .program(
        cluster({
          nodes: [...NODES.slice(0, 2), node(4)],
          ...FLAG_AND_NAME,
        }),
      )
      .apply();

    expect(run.changes.replaced).toEqual(
      replaced(...naming("cp-1", "cp-2"), "rollout").replaced,
    );
    expect(run.changes.deleted).toEqual([]);
    expect(run.changes.created.every((name) => name.includes("cp-4"))).toBe(
      true,
    );
    expect(deployment.read(`${STORE}/${onNode("cp-1", etcd)}`)).toContain(
      "--initial-cluster=cp-1=https://10.0.0.11:2380,cp-2=https://10.0.0.12:2380,cp-4=https://10.0.0.14:2380",
    );
    expect(deployment.plan().changes).toEqual(NOTHING);
  });
});

test("destroy keeps only the keys that cannot be made again", () => {
  expect(deployment.destroy().ok).toBe(true);
  expect(Object.keys(deployment.hashes(STORE))).toEqual([
    "pki/ca.crt",
    "pki/ca.key",
    "pki/etcd/ca.crt",
    "pki/etcd/ca.key",
    "pki/front-proxy-ca.crt",
    "pki/front-proxy-ca.key",
    "pki/sa.key",
    "pki/sa.pub",
  ]);
});
