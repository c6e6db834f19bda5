import { normalize } from "node:path";
import type { ClusterKey, KeyGeneration } from "../catalog/authorities";
import type { RecordedFacts } from "../catalog/cluster-facts";
import {
  type EncryptionProvider,
  type EncryptionTarget,
  KEYED_PROVIDERS,
  storedResource,
} from "../catalog/encryption";
import type { Taint } from "../catalog/site";
import { milliseconds } from "../base/duration";
import { orUndefined } from "../base/files";
import {
  fields,
  flag,
  list,
  Mismatch,
  number,
  orAbsent,
  port,
  record,
  type Shape,
  text,
  textThat,
} from "../base/shape";
import { FILE_LINE } from "./artefacts";
import type { ArtefactKind, Stamp } from "../request/artefact";
import type { ComponentRequest, NodeRequest } from "../request/request";
import type { AccessRequest } from "../request/access";
import type { Inventory, InventoryNode } from "./inventory";

/** The bookkeeping files of a store are checked before they are used, because anybody may have altered the store. */

/** Whether a relative path leads below the folder from which it starts, not to that folder itself. */
export function isInside(path: string): boolean {
  if (path.includes("\0")) return false;
  const clean = normalize(path);
  return !/^(\.\.?)?(\/|$)/.test(clean);
}

const storePath = textThat(isInside, "a path inside the store");

const isDuration = (given: string): boolean =>
  orUndefined(() => milliseconds(given)) !== undefined;

/** The workspace names that Terraform allows: those that need no escaping in a URL. */
const workspace = textThat(
  (given) => /^[\w.~$&+=:@-]+$/.test(given),
  "the name of a workspace",
);

const ACCESSES: Readonly<Record<string, Shape<AccessRequest>>> = {
  directory: fields({ kind: text }) as Shape<AccessRequest>,
  local: fields({ kind: text, sudo: flag }) as Shape<AccessRequest>,
  ssh: fields({
    kind: text,
    host: text,
    user: orAbsent(text),
    port: orAbsent(port),
    identityFile: orAbsent(text),
    jumpHost: orAbsent(text),
    hostKey: orAbsent(text),
    sudo: flag,
    connectTimeout: number,
  }) as Shape<AccessRequest>,
};

const access: Shape<AccessRequest> = (value, at) => {
  const isKnown = (kind: string): boolean => Object.hasOwn(ACCESSES, kind);
  const expected = `one of ${Object.keys(ACCESSES).join(", ")}`;
  const { kind } = fields({ kind: textThat(isKnown, expected) })(value, at);
  return ACCESSES[kind](value, at);
};

const component = fields<ComponentRequest>({
  name: text,
  manifest: orAbsent(text),
  unit: orAbsent(text),
  reloads: orAbsent(flag),
  command: orAbsent(list(text)),
  environment: orAbsent(record(text)),
  health: orAbsent(
    fields({
      scheme: textThat(
        (scheme) => scheme === "http" || scheme === "https",
        "http or https",
      ) as Shape<"http" | "https">,
      host: text,
      port,
      path: text,
    }),
  ),
  ports: list(port),
  timeout: number,
});

/** A value for some of the keys of a cluster. */
const byKey = <T>(shape: Shape<T>) =>
  fields<Partial<Record<ClusterKey, T>>>({
    kubernetes: orAbsent(shape),
    etcd: orAbsent(shape),
    frontProxy: orAbsent(shape),
    serviceAccounts: orAbsent(shape),
  });

type Recorded = Omit<InventoryNode, keyof NodeRequest>;

/** What is recorded of every node. */
const recorded = fields<Recorded & Pick<NodeRequest, "address" | "access">>({
  address: text,
  access,
  pool: orAbsent(text),
  member: orAbsent(flag),
  tree: orAbsent(text),
  retired: orAbsent(flag),
  emptied: orAbsent(flag),
  runs: orAbsent(fields({ kubernetes: orAbsent(text), etcd: orAbsent(text) })),
  generations: orAbsent(byKey(number)),
});

/** What is recorded of a node on a host in addition: its request, without its name. */
const hosted = fields<Omit<NodeRequest, "name" | "address" | "access">>({
  machineId: orAbsent(text),
  retire: orAbsent(flag),
  components: list(component),
  labels: record(text),
  taints: list(
    fields<Taint>({
      key: text,
      value: orAbsent(text),
      effect: text as Shape<Taint["effect"]>,
    }),
  ),
  criSocket: text,
  images: list(text),
  imageArchives: list(text),
  port,
  binaries: orAbsent(
    list(
      fields({
        path: text,
        source: orAbsent(fields({ file: text, sha256: text })),
      }),
    ),
  ),
  users: orAbsent(list(text)),
  backup: orAbsent(fields({ schedule: text, directory: text, program: text })),
});

const node: Shape<InventoryNode> = (value, at) => {
  const found = recorded(value, at);
  return "components" in found ? { ...found, ...hosted(found, at) } : found;
};

/** A node's name is the name of a folder in the store. */
const NODE_NAME = /^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/i;

const nodes: Shape<Readonly<Record<string, InventoryNode>>> = (value, at) => {
  const found = record(node)(value, at);
  const odd = Object.keys(found).find((name) => !NODE_NAME.test(name));
  if (odd !== undefined)
    throw new Mismatch(`${JSON.stringify(odd)} is not a node name`);
  return found;
};

const encryption = fields<EncryptionTarget>({
  provider: textThat(
    (given) => [...KEYED_PROVIDERS, "identity"].includes(given),
    "secretbox, aesgcm or identity",
  ) as Shape<EncryptionProvider>,
  generation: number,
  resources: list(
    textThat(
      (given) => storedResource(given) !== undefined,
      "a resource of Kubernetes",
    ),
  ),
});

export const INVENTORY_SHAPE = fields<Inventory>({
  stack: text,
  workspace: orAbsent(workspace),
  clusterName: orAbsent(text),
  kubernetesVersion: orAbsent(text),
  upgradingTo: orAbsent(text),
  endpoint: orAbsent(text),
  adminKubeconfig: orAbsent(storePath),
  etcd: orAbsent(
    fields({
      dataDir: text,
      certificatesDir: text,
      clientPort: port,
      peerPort: port,
      version: orAbsent(text),
      tls: orAbsent(flag),
    }),
  ),
  restoring: orAbsent(fields({ snapshot: text, token: text })),
  encryption: orAbsent(encryption),
  encrypting: orAbsent(encryption),
  restored: orAbsent(record(text)),
  saved: orAbsent(
    fields({
      node: text,
      time: textThat((given) => !isNaN(Date.parse(given)), "a time"),
    }),
  ),
  podNetwork: orAbsent(
    fields({
      kind: text as Shape<"routed" | "manifests">,
      podSubnets: list(text),
      isPrivate: orAbsent(flag),
    }),
  ),
  facts: orAbsent(
    fields<RecordedFacts>({
      clusterName: text,
      serviceSubnet: text,
      podSubnet: orAbsent(text),
      dnsDomain: text,
      keyAlgorithm: text,
    }),
  ),
  generations: orAbsent(
    byKey(fields<KeyGeneration>({ number, trustsPrevious: flag })),
  ),
  objects: orAbsent(fields({ objects: list(text), tokens: record(text) })),
  nodes: orAbsent(nodes),
  seconds: orAbsent(record(number)),
});

/** Each line is `path mode [owner]`, with a path inside the store. */
const fileLines = textThat(
  (lines) =>
    lines
      .split("\n")
      .filter((line) => line.trim() !== "")
      .every((line) => isInside(FILE_LINE.exec(line)?.[1] ?? "")),
  "a list of paths inside the store, each with a mode",
);

const duration = textThat(isDuration, "a duration");

export const STAMP_SHAPE = fields<Stamp>({
  token: text,
  sha256: text,
  batch: text,
  purpose: text,
  kind: text as Shape<ArtefactKind>,
  files: fileLines,
  notBefore: orAbsent(text),
  notAfter: orAbsent(text),
  renewable: orAbsent(text),
  renewBefore: orAbsent(duration),
  validity: orAbsent(duration),
  brought: orAbsent(flag),
  foreignName: orAbsent(flag) as Shape<true | undefined>,
  pending: orAbsent(
    fields({
      request: storePath,
      certificate: storePath,
      reason: orAbsent(text),
    }),
  ),
  renewal: orAbsent(fields({ certificate: text, sha256: text })),
});

const processId: Shape<number> = (value, at = "") => {
  const given = number(value, at);
  if (!Number.isSafeInteger(given))
    throw new Mismatch(`${at} is ${given}, which is not the id of a process`);
  return given;
};

/** The fields of a `ProcessIdentity` and of a `Machine`, which several bookkeeping files have. */
export const IDENTITY_FIELDS = { pid: processId, start: text } as const;
export const MACHINE_FIELDS = {
  host: text,
  boot: text,
  namespace: text,
} as const;
