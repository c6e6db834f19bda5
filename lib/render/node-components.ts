import { lastValue } from "../catalog/arguments";
import { portsOf, probeHost } from "../catalog/component";
import { type ComponentRow, ETCD } from "../catalog/components";
import { coreDnsImage } from "../catalog/coredns";
import { KUBELET_UNIT, kubeletExtraArgs, pauseImage } from "../catalog/kubelet";
import { kubeProxyImage } from "../catalog/kube-proxy";
import { PORTS } from "../catalog/ports";
import type { Site, SiteNode } from "../catalog/site";
import {
  binaryPath,
  isKubeProxyUnit,
  runtimeOf,
  type UnitId,
  unitName,
  unitRow,
  unitUser,
} from "../catalog/units";
import type { ComponentRequest, NodeRequest } from "../request/request";
import { endpointComponents } from "./endpoint";
import {
  backupBinary,
  etcdBackupComponents,
  nodeBackupRequest,
} from "./etcd-backup";
import { kubeletConfiguration } from "./kubelet";
import { nodeLabels, nodeTaints } from "./node";
import { processOf } from "./local-process";
import { kubeProxyComponents } from "./kube-proxy";
import {
  manifestPath,
  startupTimeout,
  controlPlaneComponents,
} from "./static-pod";

/** The part of a node's request that follows from the site. */
export type RenderedNode = Omit<
  NodeRequest,
  "access" | "machineId" | "retire" | "imageArchives"
>;

export function controlPlaneNodeRequest(
  site: Site,
  node: SiteNode,
): RenderedNode {
  const rows = controlPlaneComponents(site);
  // This machine has no kubelet.
  if (site.runtime.kind === "processes")
    return nodeWithoutPods(rows, node.bindPort, site, node);
  return {
    name: node.name,
    address: node.address.host,
    components: [
      ...endpointComponents(site, node),
      ...rows.map((row) => component(row, site, node)),
      ...(rows.includes(ETCD) ? etcdBackupComponents(site) : []),
      ...kubeProxyComponents(site, node),
      kubelet(site, node),
    ],
    ...(rows.includes(ETCD) && backupNeeds(site)),
    labels: nodeLabels(node),
    taints: nodeTaints(node),
    criSocket: node.criSocket,
    images: [
      ...(site.runtime.kind === "static-pods"
        ? rows.map((row) => row.image(site))
        : []),
      ...commonImages(site),
      // CoreDNS first runs on a control-plane node, because no workers have joined yet.
      ...(site.dns.enabled ? [coreDnsImage(site)] : []),
    ],
    port: node.bindPort,
    ...unitNeeds(site, [...rows.map(({ id }) => id), ...commonUnits(site)]),
  };
}

/** The request for a node without kubelet, and so without pods. */
const nodeWithoutPods = (
  rows: readonly ComponentRow[],
  port: number,
  site: Site,
  node: SiteNode,
): RenderedNode => ({
  name: node.name,
  address: node.address.host,
  components: rows.map((row) => component(row, site, node)),
  labels: {},
  taints: [],
  criSocket: "",
  images: [],
  port,
});

/** The request for a worker. Until the cluster assigns pods to it, it runs only kubelet and its way to the API servers. */
export function workerNodeRequest(site: Site, node: SiteNode): RenderedNode {
  return {
    name: node.name,
    address: node.address.host,
    components: [
      ...endpointComponents(site, node),
      ...kubeProxyComponents(site, node),
      kubelet(site, node),
    ],
    labels: node.labels,
    taints: node.taints ?? [],
    criSocket: node.criSocket,
    images: commonImages(site),
    port: kubeletPort(site, node),
    ...unitNeeds(site, commonUnits(site)),
  };
}

/** The request for a dedicated etcd host, which runs only etcd. */
export function etcdNodeRequest(site: Site, node: SiteNode): RenderedNode {
  const request = nodeWithoutPods([ETCD], site.ports.etcdClient, site, node);
  return {
    ...request,
    components: [...request.components, ...etcdBackupComponents(site)],
    ...backupNeeds(site),
    ...unitNeeds(site, ["etcd"]),
  };
}

function backupNeeds(site: Site): Pick<NodeRequest, "backup"> {
  const backup = nodeBackupRequest(site);
  return backup ? { backup } : {};
}

function startedBy(
  row: ComponentRow,
  site: Site,
  node: SiteNode,
): Pick<ComponentRequest, "manifest" | "unit" | "command" | "environment"> {
  switch (runtimeOf(site, row.id).kind) {
    case "static-pods":
      return { manifest: manifestPath(row) };
    case "systemd":
      return { unit: unitName(row.id) };
    case "processes":
      return processOf(row, site, node);
  }
}

function component(
  row: ComponentRow,
  site: Site,
  node: SiteNode,
): ComponentRequest {
  const probes = row.probes(site, node);
  const port = row.port(site, node);
  return {
    name: row.id,
    ...startedBy(row, site, node),
    health: {
      scheme: probes.scheme === "HTTPS" ? "https" : "http",
      host: probes.host || node.address.host,
      port,
      path: probes.readiness ?? probes.liveness,
    },
    ports: portsOf(row, site, node),
    timeout: startupTimeout(site),
  };
}

function kubelet(site: Site, node: SiteNode): ComponentRequest {
  const setting = kubeletSettings(site, node);
  const bindAddress = setting("healthz-bind-address", "healthzBindAddress");
  return {
    name: "kubelet",
    unit: KUBELET_UNIT,
    health: {
      scheme: "http",
      host: probeHost(String(bindAddress)) || node.loopback.host,
      port: Number(setting("healthz-port", "healthzPort")),
      path: "/healthz",
    },
    ports: [kubeletPort(site, node)],
    timeout: startupTimeout(site),
  };
}

const kubeletPort = (site: Site, node: SiteNode): number =>
  Number(kubeletSettings(site, node)("port", "port") ?? PORTS.kubelet);

/** A setting of kubelet. A flag takes precedence over the configuration. */
const kubeletSettings =
  (site: Site, node: SiteNode) =>
  (flag: string, field: string): unknown =>
    lastValue(kubeletExtraArgs(site, node), flag) ??
    kubeletConfiguration(site)[field];

/** The images that every node needs. */
const commonImages = (site: Site): string[] => [
  pauseImage(site),
  ...(site.kubeProxy.enabled && !isKubeProxyUnit(site)
    ? [kubeProxyImage(site)]
    : []),
];

/** The binaries and users that the units of a node need; nothing if it has no units. */
function unitNeeds(
  site: Site,
  ids: readonly UnitId[],
): Pick<NodeRequest, "binaries" | "users"> {
  const units = ids.flatMap((id) => {
    const runtime = runtimeOf(site, id);
    return runtime.kind === "systemd" ? [{ id, runtime }] : [];
  });
  if (units.length === 0) return {};
  const users = units.map(({ id, runtime }) =>
    unitUser(runtime, unitRow(id).user),
  );
  return {
    binaries: [
      ...units.map(({ id, runtime }) => binaryPath(runtime, id)),
      ...(ids.includes("etcd") ? [backupBinary(site) ?? []].flat() : []),
    ].map((path) => ({ path })),
    users: [...new Set(users)].filter((user) => user !== "root"),
  };
}

/** The units that run on every node. */
const commonUnits = (site: Site): UnitId[] => [
  ...(isKubeProxyUnit(site) ? (["kube-proxy"] as const) : []),
  "kubelet",
];
