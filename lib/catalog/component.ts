import { lastValue, mergeArguments } from "./arguments";
import type { ComponentId } from "./component-id";
import { PORTS, type Ports } from "./ports";
import type { ComponentOptions, Site, SiteNode } from "./site";

/** A component of the control plane, whichever way it runs: as a static pod, a unit or a process. */
export interface ComponentRow {
  /** The name of its binary, image, pod and manifest. */
  readonly id: Exclude<ComponentId, "kubelet">;
  readonly purpose: string;
  /** The prop of a cluster that configures it. */
  readonly prop: string;
  image(site: Site): string;
  /** The port of its health endpoint. */
  port(site: Site, node: SiteNode): number;
  /** Its default flags. {@link flagsOf} has all of them. */
  arguments(site: Site, node: SiteNode): Readonly<Record<string, string>>;
  /** What the user gives it. */
  options(site: Site): ComponentOptions;
  probes(site: Site, node: SiteNode): Probes;
  /** Its resource requests. */
  requests(site: Site): Readonly<Record<string, string>>;
  volumes(site: Site): readonly Volume[];
  /** The directories to which it may write if it runs as a unit. Absent: none. */
  directories?(site: Site): readonly string[];
  /** Whether its mounts keep their order. kubeadm sorts the mounts by name, except etcd's. */
  readonly keepsMountOrder?: true;
  annotations?(site: Site, node: SiteNode): Readonly<Record<string, string>>;
  /** Whether each control-plane node runs it. Absent: always. */
  needed?(site: Site): boolean;
}

export interface Probes {
  /** If empty, the probe uses the address of the pod. */
  readonly host: string;
  readonly scheme: "HTTP" | "HTTPS";
  /** Whether a probe only opens a connection, because kubelet cannot give a credential that the component asks for. */
  readonly onlyConnects?: boolean;
  readonly liveness: string;
  readonly readiness?: string;
  readonly startup: string;
}

/** All flags of a component on a node: a flag of the user's replaces the default of the same name. */
export const flagsOf = (
  row: ComponentRow,
  site: Site,
  node: SiteNode,
): string[] =>
  mergeArguments(row.arguments(site, node), row.options(site).extraArgs);

/** The ports on which a component listens. */
export function portsOf(
  row: ComponentRow,
  site: Site,
  node: SiteNode,
): readonly number[] {
  const port = row.port(site, node);
  return row.id === "etcd"
    ? [site.ports.etcdClient, site.ports.etcdPeer, port]
    : [port];
}

/** A file or directory of the node. */
export interface Volume {
  readonly name: string;
  readonly hostPath: string;
  readonly mountPath: string;
  readonly readOnly: boolean;
  /** The type of the hostPath volume. If empty, kubelet does not check the path. */
  readonly type: string;
}

/** A directory that has the same path in the pod as on the node. */
export function directory(name: string, path: string, readOnly = true): Volume {
  return {
    name,
    hostPath: path,
    mountPath: path,
    readOnly,
    type: "DirectoryOrCreate",
  };
}

export const file = (name: string, path: string): Volume => ({
  ...directory(name, path),
  type: "FileOrCreate",
});

/** The host for probes. If the component listens on all addresses, it is empty, which means the address of the pod. */
export function probeHost(bindAddress: string): string {
  return bindAddress === "0.0.0.0" || bindAddress === "::" ? "" : bindAddress;
}

/** The default flags of the controller manager and of the scheduler, which are clients of the API server. */
export function clientArguments(
  { ports, version }: Site,
  component: keyof Ports,
  kubeconfig: string,
): Readonly<Record<string, string>> {
  const port = ports[component];
  return {
    "authentication-kubeconfig": kubeconfig,
    "authorization-kubeconfig": kubeconfig,
    "bind-address": "127.0.0.1",
    kubeconfig,
    "leader-elect": "true",
    ...(version.insecurePorts && { port: "0" }),
    ...(port !== PORTS[component] && { "secure-port": String(port) }),
  };
}

/** The host for the probes of a component that listens only at the loopback address, unless the user changes that. */
export const loopbackProbe = ({ extraArgs }: ComponentOptions): string =>
  probeHost(lastValue(extraArgs, "bind-address") ?? "127.0.0.1");

/** An image that is part of the Kubernetes release. */
export function kubernetesImage(site: Site, name: string): string {
  return `${site.imageRepository}/${name}:${site.version.text}`;
}

const CA_CERTIFICATES = "/etc/ssl/certs";

/** The CA certificates that the system trusts: `/etc/ssl/certs`, and the directories to which its links lead. */
export function caVolumes(site: Site): readonly Volume[] {
  return [
    directory("ca-certs", CA_CERTIFICATES),
    ...site.version.caDirectories.map((path) =>
      directory(path.slice(1).replaceAll("/", "-"), path),
    ),
  ];
}

/**
 * The directories of the certificate files of an external etcd, except directories that are mounted anyway, and
 * directories inside another one. Prefixes are compared as text, as kubeadm does.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/cmd/kubeadm/app/phases/controlplane/volumes.go
 */
export function externalEtcdVolumes(site: Site): readonly Volume[] {
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

/** All directories for which kubeadm would look on a machine. */
const ALL_CA_DIRECTORIES = [
  "/etc/pki/ca-trust",
  "/etc/pki/tls/certs",
  "/etc/ca-certificates",
  "/usr/share/ca-certificates",
  "/usr/local/share/ca-certificates",
];
