import { lastValue } from "./arguments";
import { type ComponentRow, directory } from "./component";
import { etcdVariables, withoutTwins } from "./etcd-flags";
import { frozen } from "./frozen";
import { certificatePath } from "./paths";
import type { ComponentOptions, LocalEtcd, Site, SiteNode } from "./site";

/**
 * etcd on the control-plane nodes or on its own hosts. It is not needed if the cluster uses an external etcd.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/cmd/kubeadm/app/phases/etcd/local.go
 * @see https://etcd.io/docs/v3.6/op-guide/configuration/
 */
export const ETCD: ComponentRow = frozen<ComponentRow>({
  id: "etcd",
  purpose: "stores the state of the cluster",
  prop: "etcd",
  image: (site) => {
    const { image } = local(site);
    return `${image.repository ?? site.imageRepository}/etcd:${imageTag(site)}`;
  },
  port: (site) => metrics(site).port ?? site.ports.etcdMetrics,
  arguments: (site, node) => {
    const { dataDir, tls, extraArgs, extraEnvs } = local(site);
    const metricsUrl = `http://${node.loopback.urlHost}:${site.ports.etcdMetrics}`;
    const clients = [loopbackUrl(site, node), clientUrl(site, node)];
    const defaults = {
      "advertise-client-urls": clientUrl(site, node),
      "data-dir": dataDir,
      ...watchArguments(site),
      "initial-advertise-peer-urls": peerUrl(site, node),
      // Every node lists all members, so that all members of a new cluster can start at once.
      "initial-cluster": etcdNodes(site)
        .map((each) => `${each.name}=${peerUrl(site, each)}`)
        .join(","),
      "listen-client-urls": [...new Set(clients)].join(","),
      "listen-metrics-urls": metricsUrl,
      "listen-peer-urls": peerUrl(site, node),
      name: node.name,
      "snapshot-count": "10000",
      ...(tls && certificateArguments(site)),
    };
    // Before 3.6, each setting has one name.
    return isAtLeast3_6(imageTag(site))
      ? withoutTwins(defaults, { ...etcdVariables(extraEnvs), ...extraArgs })
      : defaults;
  },
  options: (site): ComponentOptions => ({ ...local(site), extraVolumes: [] }),
  probes: (site, node) => {
    const { scheme, host } = metrics(site);
    const ready = site.version.etcdHealth === "/livez" ? "/readyz" : undefined;
    return {
      host: host || node.loopback.host,
      scheme: scheme === "https" ? "HTTPS" : "HTTP",
      liveness: site.version.etcdHealth,
      readiness: ready,
      startup: ready ?? site.version.etcdHealth,
    };
  },
  requests: (site) => ({
    cpu: "100m",
    ...(site.version.etcdEphemeralStorage
      ? { "ephemeral-storage": "100Mi" }
      : {}),
    memory: "100Mi",
  }),
  volumes: (site) => [
    directory("etcd-data", local(site).dataDir, false),
    directory("etcd-certs", certificatePath(site, "etcd"), false),
  ],
  directories: (site) => {
    const { dataDir, extraArgs } = local(site);
    const wal = lastValue(extraArgs, "wal-dir");
    return [
      lastValue(extraArgs, "data-dir") ?? dataDir,
      ...(wal === undefined ? [] : [wal]),
    ];
  },
  keepsMountOrder: true,
  annotations: (site, node) => ({
    "kubeadm.kubernetes.io/etcd.advertise-client-urls": clientUrl(site, node),
  }),
  needed: (site) => site.etcd.kind === "local" && !isDedicated(site),
});

function certificateArguments(site: Site): Record<string, string> {
  const pki = (path: string): string => certificatePath(site, `etcd/${path}`);
  return {
    "cert-file": pki("server.crt"),
    "client-cert-auth": "true",
    "key-file": pki("server.key"),
    "peer-cert-file": pki("peer.crt"),
    "peer-client-cert-auth": "true",
    "peer-key-file": pki("peer.key"),
    "peer-trusted-ca-file": pki("ca.crt"),
    "trusted-ca-file": pki("ca.crt"),
  };
}

/** Whether this library sets up etcd, with certificates. */
export const hasEtcdTls = ({ etcd }: Site): boolean =>
  etcd.kind === "local" && etcd.tls;

/** The nodes that run a member; none if etcd is external. */
export const etcdNodes = (site: Site): readonly SiteNode[] =>
  site.etcd.kind === "local" ? (site.etcd.nodes ?? site.nodes) : [];

/** Whether etcd runs on its own hosts. */
export const isDedicated = ({ etcd }: Site): boolean =>
  etcd.kind === "local" && etcd.nodes !== undefined;

const scheme = (site: Site): string => (local(site).tls ? "https" : "http");

export const clientUrl = (site: Site, node: SiteNode): string =>
  `${scheme(site)}://${node.address.urlHost}:${site.ports.etcdClient}`;

export const loopbackUrl = (site: Site, node: SiteNode): string =>
  `${scheme(site)}://${node.loopback.urlHost}:${site.ports.etcdClient}`;

export const peerUrl = (site: Site, node: SiteNode): string =>
  `${scheme(site)}://${node.address.urlHost}:${site.ports.etcdPeer}`;

function local(site: Site): LocalEtcd {
  if (site.etcd.kind !== "local")
    throw new Error("etcd is external: it has no manifest");
  return site.etcd;
}

function imageTag(site: Site): string {
  return local(site).image.tag ?? site.version.etcdImageTag;
}

/** The release of etcd, `3.6.8`; `undefined` if the tag of its image does not say it. */
export const etcdRelease = (site: Site): string | undefined =>
  /^v?(\d+\.\d+\.\d+)(?!\d)/.exec(imageTag(site))?.[1];

/** The parts of the first URL in the user's `--listen-metrics-urls`, where etcd answers health checks. */
function metrics(site: Site): {
  scheme?: string;
  host?: string;
  port?: number;
} {
  const urls = lastValue(local(site).extraArgs, "listen-metrics-urls");
  const match = /^([a-z]+):\/\/(?:\[([^\]]*)\]|([^:/]*))(?::(\d+))?/.exec(
    urls?.split(",")[0] ?? "",
  );
  if (!match) return {};
  const [, scheme, ipv6, host, port] = match;
  return { scheme, host: ipv6 ?? host, port: port ? Number(port) : undefined };
}

/** etcd 3.6 renamed these flags. For Kubernetes versions that support both, the image's tag decides. */
function watchArguments(site: Site): Record<string, string> {
  const flags = site.version.etcdWatchFlags;
  if (flags === "none") return {};
  // On its own hosts, etcd's release is the user's choice, which the image tag states.
  const byTag =
    flags === "by image tag" || (isDedicated(site) && local(site).image.tag);
  const stable = byTag ? isAtLeast3_6(imageTag(site)) : flags === "stable";
  return stable
    ? {
        "feature-gates": "InitialCorruptCheck=true",
        "watch-progress-notify-interval": "5s",
      }
    : {
        "experimental-initial-corrupt-check": "true",
        "experimental-watch-progress-notify-interval": "5s",
      };
}

function isAtLeast3_6(tag: string): boolean {
  const [, major, minor] = (/^v?(\d+)\.(\d+)\.\d+/.exec(tag) ?? []).map(Number);
  return major > 3 || (major === 3 && minor >= 6);
}
