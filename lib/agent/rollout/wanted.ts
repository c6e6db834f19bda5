import type { X509Certificate } from "node:crypto";
import { ETCD } from "../../catalog/etcd";
import { kubeconfigRow } from "../../catalog/kubeconfigs";
import { isManifest, KUBELET_DIR } from "../../catalog/paths";
import { unitPath } from "../../catalog/units";
import { manifestPath } from "../../render/static-pod";
import { commandLine, unitWord } from "../../render/unit";
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
  /** Static pods, and etcd's unit, by their paths. */
  readonly starts?: ReadonlyMap<string, Buffer>;
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
export const ETCD_UNIT = unitPath(ETCD.id);
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
        if (file.path === ETCD_UNIT) return etcdUnit(file, present, joining);
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
  { starts, edited, repair }: Present,
): Readonly<Record<string, string>> {
  const annotations = annotationsOf(starts?.get(path));
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
export function fingerprintOf(
  files: readonly Pick<HostFile, "path" | "content">[],
): string {
  const lines = [...files]
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ path, content }) => `${path} ${sha256(content)}\n`);
  return sha256(lines.join(""));
}

const BIRTH_FLAGS = ["--initial-cluster=", "--initial-cluster-state="];

const isBirth = (word: string): boolean =>
  // systemd has a word with uncommon signs in quotes.
  BIRTH_FLAGS.some((flag) => word.replace(/^"/, "").startsWith(flag));

const commandOf = (pod: Pod): readonly string[] =>
  pod.spec.containers[0].command ?? [];

function asMember(
  pod: Pod,
  present: Present,
  joining: Joining | undefined,
): Pod {
  const birth = joining
    ? birthOf(joining)
    : presentBirth(present, ETCD_MANIFEST, (text) =>
        commandOf(fromYaml(text) as Pod),
      );
  if (birth.length === 0) return pod;
  const [container] = pod.spec.containers;
  const command = withBirth(commandOf(pod), birth);
  return {
    ...pod,
    spec: { ...pod.spec, containers: [{ ...container, command }] },
  };
}

function etcdUnit(
  file: HostFile,
  present: Present,
  joining: Joining | undefined,
): HostFile {
  const text = file.content.toString();
  const birth = joining
    ? birthOf(joining).map(unitWord)
    : presentBirth(present, ETCD_UNIT, wordsOf);
  if (birth.length === 0) return file;
  const words = withBirth(wordsOf(text), birth);
  return {
    ...file,
    content: Buffer.from(
      text.replace(EXEC_START, () => `ExecStart=${commandLine(words)}`),
    ),
  };
}

const EXEC_START = /^ExecStart=((?:.*\\\n)*.*)$/m;

/** Of a unit's command, one a line. */
const wordsOf = (text: string): string[] =>
  EXEC_START.exec(text)?.[1].split(/ *\\\n */) ?? [];

/** etcd reads who the first members are only while it has no data: another list is no reason to restart it. */
function withBirth(command: readonly string[], birth: readonly string[]) {
  const at = command.findIndex(isBirth);
  const others = command.filter((word) => !isBirth(word));
  return [...others.slice(0, at), ...birth, ...others.slice(at)];
}

const birthOf = ({ initialCluster }: Joining): string[] => [
  `--initial-cluster=${initialCluster}`,
  "--initial-cluster-state=existing",
];

/** The flags that an etcd with data was born with. */
function presentBirth(
  { starts, hasEtcdData }: Present,
  path: string,
  commandOf: (text: string) => readonly string[],
): string[] {
  const text = hasEtcdData ? starts?.get(path) : undefined;
  if (text === undefined) return [];
  try {
    return commandOf(text.toString()).filter(isBirth);
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
