import type { X509Certificate } from "node:crypto";
import { ETCD } from "../../catalog/etcd";
import { kubeconfigRow } from "../../catalog/kubeconfigs";
import { isManifest, KUBELET_DIR } from "../../catalog/paths";
import { manifestPath } from "../../render/static-pod";
import { toYaml } from "../../render/yaml";
import { parseCertificate } from "../certificates";
import { sha256 } from "../files";
import type { HostFile } from "../hosts/host";
import { fromYaml } from "../yaml";

/** What of a host decides about what it is to have; absent where it isn't there. */
export interface Present {
  readonly kubeletKubeconfig?: Buffer;
  /** The client certificate that kubelet renewed last, with its key. */
  readonly kubeletCertificate?: Buffer;
  /** Static pods by their paths. */
  readonly manifests?: ReadonlyMap<string, Buffer>;
  /** Files of the tree whose content is another one there, though it was brought there before. */
  readonly edited?: ReadonlySet<string>;
  /** Tells this repair from others. */
  readonly repair?: string;
  /** etcd has begun there: what its flags say of the first members means nothing any more. */
  readonly hasEtcdData: boolean;
  /** Files that this host's own state decides, and that stay as they are. */
  readonly kept: readonly HostFile[];
}

/** The members that an etcd joins, itself included, as its flag wants them. */
export interface Joining {
  readonly initialCluster: string;
}

export const KUBELET_KUBECONFIG = kubeconfigRow("kubelet").path;
export const KUBELET_CERTIFICATE = `${KUBELET_DIR}/pki/kubelet-client-current.pem`;
export const ETCD_MANIFEST = manifestPath(ETCD);
const FILES_ANNOTATION = "cdktf-control-plane/files";
const REPAIRED_ANNOTATION = "cdktf-control-plane/repaired";

interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly containers: readonly { readonly command?: readonly string[] }[];
  };
}

/**
 * The tree as this host is to have it. Three things differ: a static pod bears the fingerprint of the files that its
 * command names, and of those that were repaired, so that kubelet restarts it when one of them changes; etcd keeps the flags that it was born with; and a
 * kubelet keeps the credentials that it renewed itself.
 */
export function wantedFiles(
  tree: readonly HostFile[],
  present: Present,
  joining?: Joining,
): HostFile[] {
  const kept = new Set(present.kept.map(({ path }) => path));
  return [
    ...tree
      .filter(({ path }) => !kept.has(path))
      .map((file) => {
        if (isManifest(file.path))
          return manifest(file, tree, present, joining);
        if (file.path === KUBELET_KUBECONFIG) return kubeconfig(file, present);
        return file;
      }),
    ...present.kept,
  ];
}

function manifest(
  file: HostFile,
  tree: readonly HostFile[],
  present: Present,
  joining: Joining | undefined,
): HostFile {
  const given = fromYaml(file.content.toString()) as Pod;
  const pod =
    file.path === ETCD_MANIFEST ? asMember(given, present, joining) : given;
  const command = pod.spec.containers.flatMap((each) => each.command ?? []);
  const read = filesOf(command, tree);
  const fingerprint = fingerprintOf(read);
  return {
    ...file,
    content: Buffer.from(
      toYaml({
        ...pod,
        metadata: {
          ...pod.metadata,
          annotations: {
            ...pod.metadata.annotations,
            [FILES_ANNOTATION]: fingerprint,
            ...repaired(file.path, fingerprint, read, present),
          },
        },
      }),
    ),
  };
}

/**
 * What ran while others had its files, or its manifest, below their hands is to start anew: it may have read them, or may
 * not have. Afterwards that stays as it is.
 */
function repaired(
  path: string,
  fingerprint: string,
  read: readonly HostFile[],
  { manifests, edited, repair }: Present,
): Readonly<Record<string, string>> {
  const annotations = annotationsOf(manifests?.get(path));
  const goesOn = annotations[FILES_ANNOTATION] === fingerprint;
  const isRepaired =
    edited?.has(path) ||
    (goesOn && read.some((file) => edited?.has(file.path)));
  const present = goesOn ? annotations[REPAIRED_ANNOTATION] : undefined;
  const token = isRepaired ? repair : present;
  return token === undefined ? {} : { [REPAIRED_ANNOTATION]: token };
}

function annotationsOf(
  manifest: Buffer | undefined,
): Readonly<Record<string, string>> {
  try {
    const pod = manifest && (fromYaml(manifest.toString()) as Pod);
    return pod?.metadata.annotations ?? {};
  } catch {
    // A hand broke it: the tree's replaces it.
    return {};
  }
}

/** The files that flags name, `--tls-cert-file=/etc/…`. */
function filesOf(
  command: readonly string[],
  tree: readonly HostFile[],
): HostFile[] {
  const named = new Set(
    command.flatMap((word) => word.slice(word.indexOf("=") + 1).split(",")),
  );
  return tree.filter(({ path }) => named.has(path));
}

/** Of paths and contents, in any order. */
export function fingerprintOf(files: readonly HostFile[]): string {
  const lines = [...files]
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ path, content }) => `${path} ${sha256(content)}\n`);
  return sha256(lines.join(""));
}

const BIRTH_FLAGS = ["--initial-cluster=", "--initial-cluster-state="];

/** etcd reads who the first members are only while it has no data: another list is no reason to restart it. */
function asMember(
  pod: Pod,
  { manifests, hasEtcdData }: Present,
  joining: Joining | undefined,
): Pod {
  const manifest = manifests?.get(ETCD_MANIFEST);
  const born = joining
    ? [
        `--initial-cluster=${joining.initialCluster}`,
        "--initial-cluster-state=existing",
      ]
    : hasEtcdData && manifest
      ? birthFlags(manifest)
      : [];
  if (born.length === 0) return pod;
  const [container] = pod.spec.containers;
  const command = container.command ?? [];
  const isBirth = (word: string): boolean =>
    BIRTH_FLAGS.some((flag) => word.startsWith(flag));
  const at = command.findIndex(isBirth);
  const others = command.filter((word) => !isBirth(word));
  return {
    ...pod,
    spec: {
      ...pod.spec,
      containers: [
        {
          ...container,
          command: [...others.slice(0, at), ...born, ...others.slice(at)],
        },
      ],
    },
  };
}

function birthFlags(manifestText: Buffer): string[] {
  try {
    const [container] = (fromYaml(manifestText.toString()) as Pod).spec
      .containers;
    return (container.command ?? []).filter((word) =>
      BIRTH_FLAGS.some((flag) => word.startsWith(flag)),
    );
  } catch {
    // A hand broke it: the tree's replaces it.
    return [];
  }
}

interface Kubeconfig {
  readonly users?: readonly {
    readonly user?: Readonly<Record<string, string>>;
  }[];
}

/** The kubelet's own credentials stay while they are good; the rest is the tree's. */
function kubeconfig(file: HostFile, present: Present): HostFile {
  const { kubeletKubeconfig: text } = present;
  if (text === undefined) return file;
  const ours = fromYaml(file.content.toString()) as Kubeconfig;
  const theirs = readKubeconfig(text);
  if (!theirs || !isGood(theirs, ours, present)) return file;
  const merged = { ...ours, users: renamed(theirs, ours) };
  return toYaml(merged) === toYaml(theirs)
    ? { ...file, content: text }
    : { ...file, content: Buffer.from(toYaml(merged)) };
}

/** Under the name that our context calls them by. */
function renamed(theirs: Kubeconfig, ours: Kubeconfig): object[] {
  const [our] = ours.users ?? [];
  const [their] = theirs.users ?? [];
  return [{ ...our, user: their?.user }];
}

export function readKubeconfig(text: Buffer): Kubeconfig | undefined {
  try {
    return fromYaml(text.toString()) as Kubeconfig;
  } catch {
    return undefined;
  }
}

/** Whether a kubelet can go on with what it has: unexpired, and of this cluster's authority. */
function isGood(theirs: Kubeconfig, ours: Kubeconfig, present: Present) {
  const authority = authorityOf(ours);
  return (
    authority !== undefined && hasGoodCredentials(theirs, authority, present)
  );
}

export function hasGoodCredentials(
  kubeconfig: Kubeconfig,
  authority: X509Certificate,
  { kubeletCertificate }: Present,
): boolean {
  const embedded = kubeconfig.users?.[0]?.user?.["client-certificate-data"];
  const certificates = [
    kubeletCertificate,
    embedded === undefined ? undefined : Buffer.from(embedded, "base64"),
  ];
  return certificates.some((pem) => {
    const x509 = pem && parseCertificate(pem)?.x509;
    return (
      x509 !== undefined &&
      new Date(x509.validTo).getTime() > Date.now() &&
      x509.verify(authority.publicKey)
    );
  });
}

function authorityOf(ours: Kubeconfig): X509Certificate | undefined {
  const { clusters } = ours as {
    clusters?: readonly {
      readonly cluster?: Readonly<Record<string, string>>;
    }[];
  };
  const data = clusters?.[0]?.cluster?.["certificate-authority-data"];
  return data === undefined
    ? undefined
    : parseCertificate(Buffer.from(data, "base64"))?.x509;
}
