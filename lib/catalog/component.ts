import type { ComponentId } from "./component-id";
import { PORTS, type Ports } from "./ports";
import type { ComponentOptions, ExtraArgs, Site, SiteNode } from "./site";

/** What one component of the control plane is, however it is run: as a static pod, a unit or a process. */
export interface ComponentRow {
  /** The name of its binary, image, pod and manifest. */
  readonly id: Exclude<ComponentId, "kubelet">;
  readonly purpose: string;
  image(site: Site): string;
  /** Where its health is asked. */
  port(site: Site, node: SiteNode): number;
  /** The flags that it has before the user's own. */
  arguments(site: Site, node: SiteNode): Readonly<Record<string, string>>;
  options(site: Site): ComponentOptions;
  probes(site: Site, node: SiteNode): Probes;
  /** What it asks of the machine. */
  requests(site: Site): Readonly<Record<string, string>>;
  volumes(site: Site): readonly Volume[];
  /** Directories that are its own to write to, as a unit; absent: none. */
  directories?(site: Site): readonly string[];
  /** kubeadm lists the mounts by name, but for etcd's. */
  readonly mountsAsListed?: true;
  annotations?(site: Site, node: SiteNode): Readonly<Record<string, string>>;
  /** Whether each control-plane node has it; absent: always. */
  needed?(site: Site): boolean;
}

export interface Probes {
  /** Empty: the address of the pod. */
  readonly host: string;
  readonly scheme: "HTTP" | "HTTPS";
  readonly liveness: string;
  readonly readiness?: string;
  readonly startup: string;
}

/** A file or directory of the node. */
export interface Volume {
  readonly name: string;
  readonly hostPath: string;
  readonly mountPath: string;
  readonly readOnly: boolean;
  /** Empty: not checked. */
  readonly type: string;
}

/** At the same path in the pod as on the node. */
export function directory(name: string, path: string, readOnly = true): Volume {
  return {
    name,
    hostPath: path,
    mountPath: path,
    readOnly,
    type: "DirectoryOrCreate",
  };
}

export function file(name: string, path: string): Volume {
  return {
    name,
    hostPath: path,
    mountPath: path,
    readOnly: true,
    type: "FileOrCreate",
  };
}

/** The value that counts where a flag is repeated: the last. `undefined` where it isn't set. */
export function lastValue(args: ExtraArgs, flag: string): string | undefined {
  const value = args[flag];
  return typeof value === "string" ? value : value?.at(-1);
}

/** The directory of the file that a flag names; none where it names none, or standard output. */
export function directoryOfFlag(args: ExtraArgs, flag: string): string[] {
  const path = lastValue(args, flag) ?? "-";
  return path === "-" ? [] : [path.slice(0, path.lastIndexOf("/"))];
}

/** A component that listens everywhere is asked at the address of its pod. */
export function probeHost(bindAddress: string): string {
  return bindAddress === "0.0.0.0" || bindAddress === "::" ? "" : bindAddress;
}

/** The flag for a port of its own; the default one needs none. */
export function securePort(
  site: Site,
  component: keyof Ports,
): Readonly<Record<string, string>> {
  const port = site.ports[component];
  return port === PORTS[component] ? {} : { "secure-port": String(port) };
}

/** An image of Kubernetes' own release. */
export function kubernetesImage(site: Site, name: string): string {
  return `${site.imageRepository}/${name}:${site.version.text}`;
}

const CA_CERTIFICATES = "/etc/ssl/certs";

/** The certificates that the system trusts: the directory, and those that its links lead to. */
export function caVolumes(site: Site): readonly Volume[] {
  return [
    directory("ca-certs", CA_CERTIFICATES),
    ...site.version.caDirectories.map((path) =>
      directory(path.slice(1).replaceAll("/", "-"), path),
    ),
  ];
}

/**
 * The directories that hold the files of an external etcd, without those that are mounted anyway and those
 * inside another. Prefixes are compared as text, as kubeadm does.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/cmd/kubeadm/app/phases/controlplane/volumes.go
 */
export function etcdCertificateVolumes(site: Site): readonly Volume[] {
  if (site.etcd.kind === "local") return [];
  const mounted = [
    ...ALL_CA_DIRECTORIES,
    CA_CERTIFICATES,
    site.certificatesDir,
  ];
  const directories = [site.etcd.caFile, site.etcd.certFile, site.etcd.keyFile]
    .filter((path) => path?.includes("/"))
    .map((path) => path!.slice(0, path!.lastIndexOf("/")) || "/")
    .filter((path) => !mounted.some((prefix) => path.startsWith(prefix)));
  return [...new Set(directories)]
    .filter(
      (path, _, all) =>
        !all.some((other) => other !== path && path.startsWith(other)),
    )
    .sort()
    .map((path, i) => directory(`etcd-certs-${i}`, path));
}

/** All that kubeadm would look for on a machine, whether it is there or not. */
const ALL_CA_DIRECTORIES = [
  "/etc/pki/ca-trust",
  "/etc/pki/tls/certs",
  "/etc/ca-certificates",
  "/usr/share/ca-certificates",
  "/usr/local/share/ca-certificates",
];
