import { join } from "node:path";
import { toYaml } from "../../../lib/render/yaml";
import type { ArtefactRequest } from "../../../lib/request/artefact";
import type { NodeRequest } from "../../../lib/request/request";
import {
  authority,
  certificate,
  copy,
  ISSUER,
  keyPair,
  kubeconfig,
  objects,
  text,
} from "../../agent/support/artefacts";
import { nodeRequest } from "../../agent/support/rollout";

const ROOT = "nodes/cp-1/root/etc/kubernetes";

/** The batches that make what the store contains. */
export const BATCHES: Readonly<Record<string, readonly ArtefactRequest[]>> = {
  authorities: [authority(), keyPair()],
  "nodes/cp-1": [
    certificate(),
    copy("pki/ca.crt", `${ROOT}/pki/ca.crt`),
    text(`${ROOT}/a.yaml`, "a: 1\n"),
    ...["super-admin", "kubelet"].map((name) =>
      kubeconfig("https://10.0.0.1:6443", {
        files: `${ROOT}/${name}.conf 0600`,
      }),
    ),
    text(
      `${ROOT}/manifests/etcd.yaml`,
      toYaml({
        metadata: { name: "etcd" },
        spec: {
          containers: [
            {
              command: [
                "etcd",
                "--initial-cluster=a=b",
                "--cert-file=/etc/kubernetes/pki/apiserver.crt",
              ],
            },
          ],
        },
      }),
    ),
    text(
      "nodes/cp-1/root/var/lib/kubelet/config.yaml",
      "kind: KubeletConfiguration\ncgroupDriver: systemd\n",
    ),
  ],
  people: [kubeconfig()],
  objects: [
    objects("objects/a.yaml", [
      { apiVersion: "v1", kind: "Namespace", metadata: { name: "a" } },
    ]),
  ],
  // Waits for a signature, because the request has no key of its issuer.
  external: [
    certificate(
      {},
      {
        files: "certificates/b.crt 0644\ncertificates/b.key 0600",
        issuer: { certificate: ISSUER.certificate },
        inputs: ["pki/ca.crt"],
      },
    ),
  ],
};

/** The batches of the program to which the store below a folder belongs. */
export const batchesOf = (root: string): typeof BATCHES => ({
  ...BATCHES,
  merged: [
    {
      ...text("kubeconfigs/merged.conf", ""),
      kind: "merged-kubeconfig",
      files:
        "kubeconfigs/merged.conf 0600\nkubeconfigs/merged.merged.json 0600",
      spec: toYaml({
        path: join(root, "config"),
        contexts: [
          {
            name: "a",
            kubeconfig: join(root, "clusters/demo/kubeconfigs/admin.conf"),
          },
        ],
      }),
    },
  ],
});

const component = (name: string, port: number, unit?: string) => ({
  name,
  ...(unit === undefined
    ? { manifest: `/etc/kubernetes/manifests/${name}.yaml` }
    : { unit }),
  health: { scheme: "https" as const, host: "127.0.0.1", port, path: "/livez" },
  ports: [port],
  timeout: 1,
});

export const NODE: NodeRequest = {
  ...nodeRequest("cp-1", "127.0.0.1"),
  access: {
    kind: "ssh",
    host: "host.invalid",
    user: "root",
    port: 22,
    sudo: false,
    connectTimeout: 1,
  },
  machineId: "0f3c8a8f3b0f4f0c9d1c2b3a4e5f6071",
  components: [
    component("etcd", 2379),
    component("kube-apiserver", 6443),
    component("kubelet", 10250, "kubelet.service"),
  ],
  labels: { a: "b" },
  taints: [{ key: "a", effect: "NoSchedule" }],
  images: ["registry.k8s.io/pause:3.10"],
  imageArchives: ["images.tar"],
  binaries: [{ path: "/usr/local/bin/etcd" }],
  users: ["etcd"],
};

export const INVENTORY = {
  stack: "demo",
  clusterName: "demo",
  kubernetesVersion: "v1.36.3",
  endpoint: "https://demo.example:6443",
  adminKubeconfig: "kubeconfigs/admin.conf",
  etcd: {
    dataDir: "/var/lib/etcd",
    certificatesDir: "/etc/kubernetes/pki/etcd",
    clientPort: 2379,
    peerPort: 2380,
  },
  podNetwork: { kind: "routed", podSubnets: ["10.244.0.0/16"] },
  objects: {
    objects: ["v1 Namespace a"],
    tokens: { "0123456789abcdef": "abcdef" },
  },
  seconds: { start: 12.5 },
  nodes: {
    "cp-1": { ...NODE, member: true, tree: "delivered" },
    "cp-2": { address: "10.0.0.2", access: { kind: "directory" as const } },
    "w-1": { ...NODE, name: "w-1", pool: "w", retired: true },
  },
} as const;
