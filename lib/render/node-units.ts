import { probeHost } from "../catalog/component";
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
import { kubeProxyConfiguration } from "./kube-proxy";
import type { ComponentRequest, NodeRequest } from "../request/request";
import { startupTimeout } from "./static-pod";

/** The binaries and users that the units of a node need; nothing if it has no units. */
export function unitNeeds(
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
    binaries: units.map(({ id, runtime }) => ({
      path: binaryPath(runtime, id),
    })),
    users: [...new Set(users)].filter((user) => user !== "root"),
  };
}

/** The units that run on every node. */
export const commonUnits = (site: Site): UnitId[] => [
  ...(isKubeProxyUnit(site) ? (["kube-proxy"] as const) : []),
  "kubelet",
];

/** kube-proxy, if it is a unit. The liveness check is used, because kube-proxy is ready only once its node is registered. */
export function kubeProxyComponents(
  site: Site,
  node: SiteNode,
): ComponentRequest[] {
  if (!isKubeProxyUnit(site)) return [];
  const { healthzBindAddress, metricsBindAddress } =
    kubeProxyConfiguration(site);
  const health = hostPort(healthzBindAddress, site.ports.kubeProxyHealthz);
  const metrics = hostPort(metricsBindAddress, site.ports.kubeProxyMetrics);
  return [
    {
      name: "kube-proxy",
      unit: unitName("kube-proxy"),
      health: {
        scheme: "http",
        host: probeHost(health.host) || node.loopback.host,
        port: health.port,
        path: "/livez",
      },
      ports: [health.port, metrics.port],
      timeout: startupTimeout(site),
    },
  ];
}

/** Reads `host:port`; a missing host is empty, and a missing port is the default. */
function hostPort(
  given: unknown,
  port: number,
): { host: string; port: number } {
  const match = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(
    typeof given === "string" ? given : "",
  );
  return {
    host: match?.[1] ?? match?.[2] ?? "",
    port: Number(match?.[3] ?? port),
  };
}
