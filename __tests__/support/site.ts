import { loadAll } from "js-yaml";
import type { KeyAlgorithmName } from "../../lib/catalog/key-algorithms";
import type {
  BootstrapToken,
  ComponentOptions,
  ExtraArgs,
  Host,
  HostPort,
  Site,
  SiteNode,
} from "../../lib/catalog/site";
import { parseAnyVersion } from "../../lib/catalog/versions";

type Document = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any

/** The site that a kubeadm configuration describes, with kubeadm's defaults. */
export function siteOf(config: string): Site {
  const documents = loadAll(config) as Document[];
  const find = (kind: string): Document =>
    documents.find((document) => document.kind === kind) ?? {};
  const init = find("InitConfiguration");
  const cluster = find("ClusterConfiguration");
  const { networking = {}, etcd = {}, proxy = {}, dns = {} } = cluster;
  const node = nodeOf(init);
  return {
    clusterName: cluster.clusterName ?? "kubernetes",
    version: parseAnyVersion(cluster.kubernetesVersion)!,
    endpoint: endpointOf(cluster.controlPlaneEndpoint, node.bindPort),
    podSubnets: networking.podSubnet?.split(",") ?? [],
    serviceSubnets: (networking.serviceSubnet ?? "10.96.0.0/12").split(","),
    dnsDomain: networking.dnsDomain ?? "cluster.local",
    certSans: cluster.apiServer?.certSANs ?? [],
    keyAlgorithm: (cluster.encryptionAlgorithm ??
      "RSA-2048") as KeyAlgorithmName,
    certificateValidity: hours(cluster.certificateValidityPeriod ?? "8760h"),
    caCertificateValidity: hours(
      cluster.caCertificateValidityPeriod ?? "87600h",
    ),
    imageRepository: cluster.imageRepository ?? "registry.k8s.io",
    certificatesDir: cluster.certificatesDir ?? "/etc/kubernetes/pki",
    externalCertificateAuthority: false,
    featureGates: cluster.featureGates ?? {},
    nodes: [node],
    etcd: etcd.external
      ? { kind: "external", ...etcd.external }
      : {
          kind: "local",
          dataDir: etcd.local?.dataDir ?? "/var/lib/etcd",
          extraArgs: argsOf(etcd.local?.extraArgs),
          extraEnvs: etcd.local?.extraEnvs ?? [],
          image: imageOf(etcd.local),
          serverCertSans: etcd.local?.serverCertSANs ?? [],
          peerCertSans: etcd.local?.peerCertSANs ?? [],
        },
    ...(init.timeouts?.controlPlaneComponentHealthCheck
      ? {
          startupTimeout:
            hours(init.timeouts.controlPlaneComponentHealthCheck) * 3600,
        }
      : {}),
    apiServer: optionsOf(cluster.apiServer),
    controllerManager: optionsOf(cluster.controllerManager),
    scheduler: optionsOf(cluster.scheduler),
    kubelet: { config: find("KubeletConfiguration"), extraArgs: {} },
    kubeProxy: {
      enabled: !proxy.disabled,
      config: find("KubeProxyConfiguration"),
    },
    dns: { enabled: !dns.disabled, image: imageOf(dns) },
    bootstrapTokens: tokensOf(init.bootstrapTokens),
  };
}

/** A node that joins the site's first one. */
export function withNode(site: Site, name: string, address: string): Site {
  const [first] = site.nodes;
  const host = hostOf(address);
  return { ...site, nodes: [...site.nodes, { ...first, name, address: host }] };
}

function nodeOf(init: Document): SiteNode {
  const { localAPIEndpoint = {}, nodeRegistration = {} } = init;
  const address = hostOf(localAPIEndpoint.advertiseAddress);
  return {
    name: nodeRegistration.name,
    address,
    loopback: hostOf(address.host.includes(":") ? "::1" : "127.0.0.1"),
    addresses: [],
    bindPort: localAPIEndpoint.bindPort ?? 6443,
    labels: {},
    ...(nodeRegistration.taints ? { taints: nodeRegistration.taints } : {}),
    criSocket: nodeRegistration.criSocket,
    imagePullPolicy: nodeRegistration.imagePullPolicy ?? "IfNotPresent",
    kubeletExtraArgs: argsOf(nodeRegistration.kubeletExtraArgs),
  };
}

export function hostOf(host: string): Host {
  return { host, urlHost: host.includes(":") ? `[${host}]` : host };
}

function endpointOf(
  text: string | undefined,
  bindPort: number,
): HostPort | undefined {
  const match = /^(?:\[(.*)\]|([^:]*))(?::(\d+))?$/.exec(text ?? "");
  if (!text || !match) return undefined;
  return {
    ...hostOf(match[1] ?? match[2]),
    port: Number(match[3] ?? bindPort),
  };
}

function argsOf(args: { name: string; value: string }[] = []): ExtraArgs {
  const result: Record<string, string | string[]> = {};
  for (const { name, value } of args) {
    const before = result[name];
    result[name] = before === undefined ? value : [before, value].flat();
  }
  return result;
}

function optionsOf(component: Document = {}): ComponentOptions {
  const { extraArgs, extraVolumes = [], extraEnvs = [] } = component;
  return { extraArgs: argsOf(extraArgs), extraVolumes, extraEnvs };
}

function imageOf(meta: Document = {}): { repository?: string; tag?: string } {
  return { repository: meta.imageRepository, tag: meta.imageTag };
}

function tokensOf(tokens: Document[] = [{}]): BootstrapToken[] {
  return tokens.map(({ description, ttl, usages, groups }) => ({
    description,
    ttl: ttl ?? "24h0m0s",
    usages: usages ?? ["signing", "authentication"],
    groups: groups ?? ["system:bootstrappers:kubeadm:default-node-token"],
  }));
}

function hours(duration: string): number {
  const units: Record<string, number> = { h: 1, m: 1 / 60, s: 1 / 3600 };
  return [...duration.matchAll(/(\d+)([hms])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * units[unit],
    0,
  );
}
