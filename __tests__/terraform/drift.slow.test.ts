import { chmodSync } from "node:fs";
import {
  Certificate,
  KeyAlgorithm,
  Kubeconfig,
  KubeconfigUser,
} from "../../lib";
import { cluster, node, STORE } from "../support/cluster";
import { Deployment, NOTHING, replaced } from "../support/terraform";

const deployment = new Deployment();
afterAll(() => deployment.dispose());

const ROOT = "nodes/cp-1/root";
const KUBERNETES = `${ROOT}/etc/kubernetes`;

beforeAll(() => {
  deployment.write("policy.yaml", "rules: []\n");
  const files = [
    { path: "/etc/kubernetes/audit.yaml", text: "rules:\n- level: None\n" },
    { path: "/etc/kubernetes/policy.yaml", source: "policy.yaml" },
  ];
  deployment
    .program(
      cluster({ nodes: [node(1, { files })] }, (controlPlane) => {
        const { certificateAuthority } = controlPlane;
        const certificate = new Certificate(controlPlane, "metrics", {
          certificateAuthority,
          commonName: "metrics",
          usages: ["clientAuth"],
          keyAlgorithm: KeyAlgorithm.ECDSA_P256,
        });
        new Kubeconfig(controlPlane, "metrics-kubeconfig", {
          certificateAuthority,
          server: controlPlane.endpoint,
          user: KubeconfigUser.embedded(certificate),
          path: "kubeconfigs/metrics.conf",
        });
      }),
    )
    .apply();
});

/** One file of each kind, and the resources that are planned with it. */
const FILES = {
  "a certificate": [
    `${KUBERNETES}/pki/apiserver.crt`,
    [`${KUBERNETES}/pki/apiserver.crt`, "batch nodes/cp-1", "rollout"],
  ],
  "a certificate's key": [
    `${KUBERNETES}/pki/etcd/peer.key`,
    [`${KUBERNETES}/pki/etcd/peer.crt`, "batch nodes/cp-1", "rollout"],
  ],
  "a certificate that a kubeconfig embeds": [
    "certificates/metrics.crt",
    [
      "certificates/metrics.crt",
      "batch certificates/metrics",
      "kubeconfigs/metrics.conf",
      "batch kubeconfigs/metrics.conf",
    ],
  ],
  "a node's copy of an authority": [
    `${KUBERNETES}/pki/ca.key`,
    [`${KUBERNETES}/pki/ca.crt`, "batch nodes/cp-1", "rollout"],
  ],
  "a node's copy of the service account key": [
    `${KUBERNETES}/pki/sa.pub`,
    [`${KUBERNETES}/pki/sa.key`, "batch nodes/cp-1", "rollout"],
  ],
  "a component's kubeconfig": [
    `${KUBERNETES}/scheduler.conf`,
    [`${KUBERNETES}/scheduler.conf`, "batch nodes/cp-1", "rollout"],
  ],
  "a person's kubeconfig": [
    "kubeconfigs/admin.conf",
    ["kubeconfigs/admin.conf", "batch kubeconfigs", "rollout"],
  ],
  "a manifest": [
    `${KUBERNETES}/manifests/etcd.yaml`,
    [`${KUBERNETES}/manifests/etcd.yaml`, "batch nodes/cp-1", "rollout"],
  ],
  "the kubelet's configuration": [
    `${ROOT}/var/lib/kubelet/config.yaml`,
    [`${ROOT}/var/lib/kubelet/config.yaml`, "batch nodes/cp-1", "rollout"],
  ],
  "a file of the user's, given as text": [
    `${KUBERNETES}/audit.yaml`,
    [`${KUBERNETES}/audit.yaml`, "batch nodes/cp-1", "rollout"],
  ],
  "a file of the user's, given by path": [
    `${KUBERNETES}/policy.yaml`,
    [`${KUBERNETES}/policy.yaml`, "batch nodes/cp-1", "rollout"],
  ],
  "an object of the cluster": [
    "objects/cluster-info.yaml",
    ["objects/cluster-info.yaml", "batch objects", "rollout"],
  ],
} satisfies Record<string, [string, string[]]>;

test.each(Object.entries(FILES))(
  "a deleted file is planned again, only with files made from it: %s",
  (_, [path, planned]) => {
    const text = deployment.read(`${STORE}/${path}`);
    deployment.remove(`${STORE}/${path}`);

    expect(deployment.plan().changes).toEqual(replaced(...planned));
    deployment.write(`${STORE}/${path}`, text);
  },
);

test("a file that was deleted and put back changes nothing", () => {
  expect(deployment.plan().changes).toEqual(NOTHING);
});

test("deleted or edited files of each kind are made again in one apply, and the others stay", () => {
  const before = deployment.hashes(STORE);
  const gone = Object.values(FILES).map(([path]) => `${STORE}/${path}`);
  for (const [i, path] of gone.entries()) {
    if (i % 2 === 0) deployment.remove(path);
    else deployment.write(path, "edited\n");
  }

  const run = deployment.apply();

  expect(run.changes.created).toEqual([]);
  expect(deployment.plan().changes).toEqual(NOTHING);
  const after = deployment.hashes(STORE);
  const remade = new Set(
    Object.keys(before).filter((path) => before[path] !== after[path]),
  );
  expect(Object.keys(after)).toEqual(Object.keys(before));
  // Files without random content are the same as before.
  expect([...remade].sort()).toEqual(
    [
      "certificates/metrics.crt",
      "certificates/metrics.key",
      "kubeconfigs/admin.conf",
      "kubeconfigs/metrics.conf",
      `${KUBERNETES}/pki/apiserver.crt`,
      `${KUBERNETES}/pki/apiserver.key`,
      `${KUBERNETES}/pki/etcd/peer.crt`,
      `${KUBERNETES}/pki/etcd/peer.key`,
      `${KUBERNETES}/scheduler.conf`,
    ].sort(),
  );
});

test("a file that was made readable for others is private again after the next change of its node", () => {
  const key = `${STORE}/${KUBERNETES}/pki/apiserver.key`;
  chmodSync(deployment.path(key), 0o644);
  deployment.remove(`${STORE}/${KUBERNETES}/audit.yaml`);

  deployment.apply();

  expect(deployment.mode(key)).toBe("600");
});

test("a changed source is copied again, and nothing else", () => {
  deployment.write("policy.yaml", "rules: [changed]\n");

  expect(deployment.apply().changes).toEqual(
    replaced(`${KUBERNETES}/policy.yaml`, "batch nodes/cp-1", "rollout"),
  );
  expect(deployment.read(`${STORE}/${KUBERNETES}/policy.yaml`)).toBe(
    "rules: [changed]\n",
  );
});
