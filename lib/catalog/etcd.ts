import { type ComponentRow, directory, lastValue } from "./component";
import { certificatePath } from "./paths";
import { PORTS } from "./ports";
import type { ComponentOptions, LocalEtcd, Site, SiteNode } from "./site";

/**
 * etcd on the control-plane nodes. With etcd elsewhere the row isn't needed.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/cmd/kubeadm/app/phases/etcd/local.go
 * @see https://etcd.io/docs/v3.6/op-guide/configuration/
 */
export const ETCD: ComponentRow = Object.freeze<ComponentRow>({
  id: "etcd",
  purpose: "stores the state of the cluster",
  image: (site) => {
    const { image } = local(site);
    return `${image.repository ?? site.imageRepository}/etcd:${imageTag(site)}`;
  },
  port: (site) => metrics(site).port ?? PORTS.etcdMetrics,
  arguments: (site, node) => {
    const pki = (path: string): string => certificatePath(site, `etcd/${path}`);
    return {
      "advertise-client-urls": clientUrl(node),
      "cert-file": pki("server.crt"),
      "client-cert-auth": "true",
      "data-dir": local(site).dataDir,
      ...watchArguments(site),
      "initial-advertise-peer-urls": peerUrl(node),
      // All members on every node, so that a new cluster can start everywhere at once.
      "initial-cluster": site.nodes
        .map((each) => `${each.name}=${peerUrl(each)}`)
        .join(","),
      "key-file": pki("server.key"),
      "listen-client-urls": `https://${node.loopback.urlHost}:${PORTS.etcdClient},${clientUrl(node)}`,
      "listen-metrics-urls": `http://${node.loopback.urlHost}:${PORTS.etcdMetrics}`,
      "listen-peer-urls": peerUrl(node),
      name: node.name,
      "peer-cert-file": pki("peer.crt"),
      "peer-client-cert-auth": "true",
      "peer-key-file": pki("peer.key"),
      "peer-trusted-ca-file": pki("ca.crt"),
      "snapshot-count": "10000",
      "trusted-ca-file": pki("ca.crt"),
    };
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
  mountsAsListed: true,
  annotations: (_site, node) => ({
    "kubeadm.kubernetes.io/etcd.advertise-client-urls": clientUrl(node),
  }),
  needed: (site) => site.etcd.kind === "local",
});

export const clientUrl = (node: SiteNode): string =>
  `https://${node.address.urlHost}:${PORTS.etcdClient}`;

export const peerUrl = (node: SiteNode): string =>
  `https://${node.address.urlHost}:${PORTS.etcdPeer}`;

function local(site: Site): LocalEtcd {
  if (site.etcd.kind !== "local")
    throw new Error("etcd is external: it has no manifest");
  return site.etcd;
}

function imageTag(site: Site): string {
  return local(site).image.tag ?? site.version.etcdImageTag;
}

/** Where etcd tells its health: the first URL that the user gave, or part of one. */
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

/** etcd 3.6 renamed these flags; while kubeadm shipped either, the tag of the image decided. */
function watchArguments(site: Site): Record<string, string> {
  const flags = site.version.etcdWatchFlags;
  if (flags === "none") return {};
  return flags === "stable" ||
    (flags === "by image tag" && isAtLeast3_6(imageTag(site)))
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
  const match = /^v?(\d+)\.(\d+)\.\d+/.exec(tag);
  if (!match) return false;
  const [major, minor] = [Number(match[1]), Number(match[2])];
  return major > 3 || (major === 3 && minor >= 6);
}
