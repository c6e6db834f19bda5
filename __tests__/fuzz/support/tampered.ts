import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { HostFile } from "../../../lib/agent/hosts/host";
import { treeOf } from "../../../lib/agent/hosts/tree";
import type { Stamp } from "../../../lib/request/artefact";
import { inventoryFile, stampFile } from "../../../lib/store/bookkeeping";
import { Workplace } from "../../agent/support/workplace";
import { BATCHES, INVENTORY } from "./stored";

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
