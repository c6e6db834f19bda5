import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { inventoryFile, stampFile } from "../../../lib/store/bookkeeping";
import { treeOf } from "../../../lib/agent/hosts/tree";
import type { HostFile } from "../../../lib/agent/hosts/host";
import type { ArtefactRequest, Stamp } from "../../../lib/request/artefact";
import type { NodeRequest } from "../../../lib/request/request";
import { toYaml } from "../../../lib/render/yaml";
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
import { Workplace } from "../../agent/support/workplace";

const ROOT = "nodes/cp-1/root/etc/kubernetes";

const BATCHES: Readonly<Record<string, readonly ArtefactRequest[]>> = {
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

const INVENTORY = {
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

/** A token of a service account, as an API server makes them. */
const TOKEN = [
  { alg: "RS256", kid: "x" },
  {
    aud: ["https://kubernetes.default.svc"],
    exp: 2_000_000_000,
    iat: 1_700_000_000,
    "kubernetes.io": { serviceaccount: { name: "a", uid: "1-2" } },
    sub: "system:serviceaccount:default:a",
  },
  { signature: true },
]
  .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
  .join(".");

/** What is made by a running cluster, and by processes on this machine. */
const LATER: Readonly<Record<string, string>> = {
  "tokens/a": TOKEN,
  "kubeconfigs/merged.conf": [
    "apiVersion: v1",
    "kind: Config",
    "clusters: [{name: 'cdktf:a', cluster: {server: 'https://a:6443'}}]",
    "contexts: [{name: a, context: {cluster: 'cdktf:a', user: 'cdktf:a'}}]",
    "current-context: a",
    "users: [{name: 'cdktf:a', user: {token: x}}]",
    "",
  ].join("\n"),
  "kubeconfigs/merged.merged.json": JSON.stringify({
    path: "../config",
    before: { clusters: null, contexts: null, users: null },
  }),
  "proxies/web.yaml":
    "kubectl: kubectl\nkubeconfig: kubeconfigs/admin.conf\nflags: []\nunixSocket: ../web.sock\n",
  // A process that has ended: no process of this machine has this start time.
  "processes/etcd.json": JSON.stringify({
    pid: 4_000_000,
    start: "99999999999999",
    machine: { host: "a", boot: "b", namespace: "c" },
    program: { path: "/bin/etcd", size: 1, changed: 1 },
    fingerprint: "f",
    since: "2030-01-01T00:00:00Z",
  }),
  "processes/etcd.log": "a line\n",
  known_hosts: "cp-1 ssh-ed25519 AAAA\n",
  ".lock/7": JSON.stringify({
    host: "a",
    boot: "b",
    namespace: "c",
    since: "2030-01-01T00:00:00Z",
    run: { pid: 4_000_000, start: "99999999999999" },
  }),
  ".stamps/nodes/cp-1.json": JSON.stringify({ token: "1-2-3" }),
};

const stampOf = (kind: string, files: string): Stamp =>
  ({
    token: "token",
    sha256: "0".repeat(64),
    batch: kind,
    purpose: kind,
    kind,
    files,
    notBefore: "2026-01-01T00:00:00Z",
    notAfter: "2030-01-01T00:00:00Z",
    renewable: "2029-01-01T00:00:00Z",
    renewBefore: "720h0m0s",
  }) as Stamp;

const STAMPS = {
  "tokens/a": stampOf("service-account-token", "tokens/a 0600"),
  "kubeconfigs/merged.conf": stampOf(
    "merged-kubeconfig",
    "kubeconfigs/merged.conf 0600\nkubeconfigs/merged.merged.json 0600",
  ),
  "proxies/web.yaml": stampOf("api-proxy", "proxies/web.yaml 0600"),
};

interface StoredBytes {
  readonly mode: number;
  readonly bytes: Buffer;
}

/** A store that the agent's own functions made, of which each run gets a copy. */
export class Original {
  private constructor(
    private readonly content: ReadonlyMap<string, StoredBytes>,
  ) {}

  static async make(): Promise<Original> {
    const place = new Workplace();
    for (const [batch, artefacts] of Object.entries(BATCHES))
      await place.batch(artefacts, { batch });
    await place.store.write(
      [
        inventoryFile(
          INVENTORY as unknown as Parameters<typeof inventoryFile>[0],
        ),
        ...Object.entries(STAMPS).map(([path, stamp]) =>
          stampFile(path, stamp),
        ),
        ...Object.entries(LATER).map(([path, content]) => ({
          path,
          content: Buffer.from(content),
          mode: 0o600,
        })),
      ],
      "test-1",
    );
    place.store.hideFromGit();
    const content = contentOf(place.store.directory);
    rmSync(place.root, { recursive: true });
    return new Original(content);
  }

  /** The paths of its files and folders. */
  get entries() {
    const files = [...this.content.keys()];
    return { files, folders: [...new Set(files.flatMap(foldersAbove))] };
  }

  copy(): Workplace {
    const place = new Workplace();
    for (const [path, { bytes, mode }] of this.content) {
      mkdirSync(dirname(place.path(path)), { recursive: true });
      writeFileSync(place.path(path), bytes, { mode });
    }
    chmodSync(place.store.directory, 0o700);
    return place;
  }
}

/** The files of the node of an undamaged store. */
export async function hostTree(): Promise<HostFile[]> {
  const place = (await Original.make()).copy();
  const tree = treeOf(place.store, "cp-1");
  rmSync(place.root, { recursive: true });
  return tree;
}

const foldersAbove = (path: string): string[] =>
  dirname(path) === "." ? [] : [dirname(path), ...foldersAbove(dirname(path))];

/** All regular files below a folder. Links are not followed. */
export function contentOf(root: string, under = ""): Map<string, StoredBytes> {
  const files = new Map<string, StoredBytes>();
  if (!lstatSync(join(root, under), { throwIfNoEntry: false })?.isDirectory())
    return files;
  for (const entry of readdirSync(join(root, under), { withFileTypes: true })) {
    const path = under === "" ? entry.name : `${under}/${entry.name}`;
    if (entry.isDirectory())
      for (const [each, found] of contentOf(root, path)) files.set(each, found);
    else if (entry.isFile()) {
      const { mode } = lstatSync(join(root, path));
      files.set(path, {
        mode: mode & 0o777,
        bytes: readFileSync(join(root, path)),
      });
    }
  }
  return files;
}

/** A program that answers as ssh would: it reaches no host, or one on which every script ends well and says nothing. */
const SSH = {
  refuses: `echo "ssh: connect to host a port 22: Connection refused" >&2; exit 255`,
  accepts: `case " $* " in
*" -N "*) echo ready; exec sleep 60 ;;
*) printf 'cdktf-control-plane: the script begins\\n' ;;
esac`,
} as const;

export type Reach = "no ssh" | keyof typeof SSH;

/** Folders for PATH, by how hosts are reached. */
export function sshFolders(): Readonly<Record<Reach, string>> {
  const root = mkdtempSync(join(tmpdir(), "ssh-"));
  const folder = (name: keyof typeof SSH): string => {
    mkdirSync(join(root, name));
    writeFileSync(join(root, name, "ssh"), `#!/bin/sh\n${SSH[name]}\n`, {
      mode: 0o755,
    });
    return `${join(root, name)}:/bin`;
  };
  return {
    "no ssh": root,
    refuses: folder("refuses"),
    accepts: folder("accepts"),
  };
}
