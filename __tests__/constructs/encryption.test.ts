import {
  type ControlPlaneProps,
  Encryption,
  LocalControlPlane,
  Runtime,
} from "../../lib";
import { STORED_RESOURCES } from "../../lib/catalog/encryption";
import type { Program } from "../support/terraform";
import { cluster, host, newControlPlane } from "../support/cluster";
import {
  artefactRequestsOf,
  requestsOf,
  resourcesOf,
} from "../support/rollouts";
import { artefactsOf, documentsOf, yamlOf } from "../support/synthesized";

const ROOT = "nodes/cp-1/root";
const FILE = "/etc/kubernetes/encryption/configuration.yaml";
const MANIFEST = `${ROOT}/etc/kubernetes/manifests/kube-apiserver.yaml`;

const secretbox = (
  generation: number,
  ...resources: readonly string[]
): Encryption =>
  Encryption.secretbox({
    generation,
    resources: resources.length > 0 ? resources : ["secrets"],
  });

const encrypted = (
  encryption: Encryption = secretbox(1),
  props: Partial<ControlPlaneProps> = {},
): Program => cluster({ nodes: [host(1)], encryption, ...props });

const podOf = (program: Program) => {
  const { spec } = yamlOf(artefactsOf(program).get(MANIFEST)!) as {
    spec: {
      containers: [{ command: string[]; volumeMounts: object[] }];
      volumes: object[];
    };
  };
  const [{ command, volumeMounts }] = spec.containers;
  return {
    flags: command.filter((flag) => flag.includes("encryption")),
    mounts: volumeMounts,
    volumes: spec.volumes,
  };
};

test("an API server reads its configuration while it runs, in a directory that is mounted as a whole", () => {
  const { flags, mounts, volumes } = podOf(encrypted());
  expect(flags).toEqual([
    `--encryption-provider-config=${FILE}`,
    "--encryption-provider-config-automatic-reload=true",
  ]);
  expect(mounts).toContainEqual({
    mountPath: "/etc/kubernetes/encryption",
    name: "encryption",
    readOnly: true,
  });
  expect(volumes).toContainEqual({
    hostPath: {
      path: "/etc/kubernetes/encryption",
      type: "DirectoryOrCreate",
    },
    name: "encryption",
  });
});

test("kubeadm is told the flags and the directory, because its API server could not read anything without them", () => {
  const [{ data }] = documentsOf(
    artefactsOf(encrypted()).get("objects/kubeadm-config.yaml")!,
  ) as [{ data: { ClusterConfiguration: { $yaml: object } } }];
  expect(data.ClusterConfiguration.$yaml).toMatchObject({
    apiServer: {
      extraArgs: [
        { name: "encryption-provider-config", value: FILE },
        {
          name: "encryption-provider-config-automatic-reload",
          value: "true",
        },
      ],
      extraVolumes: [
        {
          name: "encryption",
          hostPath: "/etc/kubernetes/encryption",
          mountPath: "/etc/kubernetes/encryption",
          pathType: "DirectoryOrCreate",
          readOnly: true,
        },
      ],
    },
  });
});

test("an API server that does not tell which configuration it uses restarts for another one", () => {
  const old = encrypted(secretbox(1), { kubernetesVersion: "1.33.13" });
  expect(podOf(old).flags).toEqual([`--encryption-provider-config=${FILE}`]);
  expect(requestsOf(old).rollout.encryption).not.toHaveProperty("reloads");
});

test.each([
  ["secretbox", secretbox(1), "secretbox"],
  [
    "aesgcm",
    Encryption.aesgcm({ resources: ["secrets"], generation: 1 }),
    "aesgcm",
  ],
])(
  "the plan shows where the key of %s goes, and not the key",
  (_, given, provider) => {
    const file = artefactsOf(encrypted(given)).get(`${ROOT}${FILE}`)!;
    expect(file.from).toEqual(["pki/encryption/generation-1.key"]);
    expect(yamlOf(file)).toEqual({
      apiVersion: "apiserver.config.k8s.io/v1",
      kind: "EncryptionConfiguration",
      resources: [
        {
          providers: [
            {
              [provider]: {
                keys: [
                  {
                    name: "generation-1",
                    secret: { $base64: "pki/encryption/generation-1.key" },
                  },
                ],
              },
            },
          ],
          resources: ["secrets"],
        },
      ],
    });
  },
);

test("identity needs no key", () => {
  const file = artefactsOf(
    encrypted(Encryption.identity({ resources: ["secrets"], generation: 2 })),
  ).get(`${ROOT}${FILE}`)!;
  expect(file.from).toEqual([]);
  expect(yamlOf(file)).toMatchObject({
    resources: [{ providers: [{ identity: {} }], resources: ["secrets"] }],
  });
});

test("the reference to the key is the only one", () => {
  const request = artefactRequestsOf(encrypted()).find(
    ({ kind }) => kind === "encryption",
  );
  expect(request?.references).toEqual([
    {
      document: 0,
      keys: ["resources", 0, "providers", 0, "secretbox", "keys", 0, "secret"],
    },
  ]);
});

test("another generation adds a key with its guard and its anchor, and removes nothing", () => {
  const [first, second] = [1, 2].map((generation) =>
    resourcesOf(encrypted(secretbox(generation))).map(({ path }) => path),
  );
  const id = "cluster/store/encryption/generation-2";
  expect(first.filter((path) => !second.includes(path))).toEqual([]);
  expect(second.filter((path) => !first.includes(path)).sort()).toEqual(
    ["Resource", "batch", "guard", "key-anchor"].map((each) => `${id}/${each}`),
  );
});

test("all nodes share one key", () => {
  const nodes = [host(1), host(2), host(3)];
  const artefacts = artefactsOf(encrypted(secretbox(1), { nodes }));
  const keys = [...artefacts.keys()].filter((path) => path.endsWith(".key"));
  expect(keys.filter((path) => path.includes("encryption"))).toEqual([
    "pki/encryption/generation-1.key",
  ]);
  for (const { name } of nodes)
    expect(artefacts.has(`nodes/${name}/root${FILE}`)).toBe(true);
});

test("a unit of the API server can read the file, and other users cannot", () => {
  const resource = resourcesOf(
    encrypted(secretbox(1), { runtime: Runtime.systemd() }),
  ).find(({ triggers }) => triggers.files?.includes(FILE));
  expect(resource?.triggers.files).toBe(`${ROOT}${FILE} 0640 root:kubernetes`);
});

test("the rollout is told what is encrypted, and where etcd has it", () => {
  const prefix = { extraArgs: { "etcd-prefix": "/prod" } };
  expect(
    requestsOf(encrypted(secretbox(1), { apiServer: prefix })).rollout
      .encryption,
  ).toEqual({
    provider: "secretbox",
    generation: 1,
    resources: ["secrets"],
    file: FILE,
    prefix: "/prod",
    reloads: true,
  });
});

test("a local API server reads a file that no apply changes before its turn", () => {
  const program: Program = (stack) =>
    new LocalControlPlane(stack, "cluster", {
      clusterName: "test",
      kubernetesVersion: "1.36.3",
      encryption: secretbox(1),
    });
  const artefacts = artefactsOf(program);
  const root = "nodes/local/root/etc/kubernetes";
  expect(artefacts.has(`${root}/encryption/configuration.yaml`)).toBe(true);
  expect(
    artefacts.get(`${root}/processes/kube-apiserver.yaml`)?.spec,
  ).toContain(
    "--encryption-provider-config=../../../processes/encryption/configuration.yaml",
  );
});

test("a program without encryption has nothing of it", () => {
  const resources = JSON.stringify(resourcesOf(cluster({ nodes: [host(1)] })));
  expect(resources).not.toContain("encryption-provider");
  expect(resources).not.toContain("pki/encryption");
});

test("every resource of the table is taken", () => {
  const resources = STORED_RESOURCES.map(({ name }) => name);
  expect(() =>
    newControlPlane({
      nodes: [host(1)],
      encryption: secretbox(1, ...resources),
    }),
  ).not.toThrow();
});
