import {
  ENDPOINT_UNITS,
  endpointOn,
  endpointPaths,
  PROXY_PATHS,
} from "../catalog/endpoint";
import type { Site, SiteNode } from "../catalog/site";
import { haproxyConfiguration, proxyUnit } from "./endpoint-proxy";
import {
  checkProxyScript,
  findInterfaceScript,
  keepalivedConfiguration,
  virtualIpUnit,
} from "./endpoint-vip";
import type { RunningComponent } from "./node-request";
import { startupTimeout } from "./static-pod";

/** A file of the endpoint on a node. */
export interface EndpointFile {
  /** Its construct's. */
  readonly id: string;
  readonly path: string;
  readonly mode: "0644" | "0755";
  readonly text: string;
  readonly purpose: string;
}

/** What leads to the API servers on one node, but for what is secret. */
export function endpointFiles(site: Site, node: SiteNode): EndpointFile[] {
  const endpoint = endpointOn(site, node);
  if (!endpoint) return [];
  const paths = endpointPaths(site);
  const proxy = `proxy to the API servers on ${node.name}`;
  const virtualIp = `virtual IP of the API servers on ${node.name}`;
  return [
    {
      id: "haproxy",
      path: paths.haproxy,
      mode: "0644",
      text: haproxyConfiguration(site, node, endpoint),
      purpose: `configuration of the ${proxy}`,
    },
    {
      id: "proxy-unit",
      path: paths.proxyUnit,
      mode: "0644",
      text: proxyUnit(site),
      purpose: `unit of the ${proxy}`,
    },
    ...(endpoint.kind === "virtual-ip"
      ? ([
          {
            id: "keepalived",
            path: paths.keepalived,
            mode: "0644",
            text: keepalivedConfiguration(site, node, endpoint),
            purpose: `configuration of the ${virtualIp}`,
          },
          {
            id: "check-proxy",
            path: paths.check,
            mode: "0755",
            text: checkProxyScript(node, endpoint),
            purpose: `check of the ${virtualIp}`,
          },
          ...(endpoint.interface
            ? []
            : ([
                {
                  id: "find-interface",
                  path: paths.findInterface,
                  mode: "0755",
                  text: findInterfaceScript(),
                  purpose: `search for the interface of the ${virtualIp}`,
                },
              ] as const)),
          {
            id: "virtual-ip-unit",
            path: paths.virtualIpUnit,
            mode: "0644",
            text: virtualIpUnit(site, node, endpoint),
            purpose: `unit of the ${virtualIp}`,
          },
        ] as const)
      : []),
  ];
}

/** What a rollout is told of an address that its nodes hold. */
export interface VirtualIpFacts {
  readonly address: string;
  readonly port: number;
  /** Absent: the one that has the node's own address. */
  readonly interface?: string;
  readonly routerId: number;
  /** keepalived's, on the nodes. */
  readonly configuration: string;
}

export function virtualIpFacts(site: Site): VirtualIpFacts | undefined {
  const { endpoint } = site;
  if (endpoint?.kind !== "virtual-ip") return undefined;
  const { host, port, interface: name, routerId } = endpoint;
  const { keepalived } = endpointPaths(site);
  return {
    address: host,
    port,
    routerId,
    configuration: keepalived,
    ...(name !== undefined && { interface: name }),
  };
}

/** What runs of the endpoint on a node, before anything that may need it. */
export function endpointComponents(
  site: Site,
  node: SiteNode,
): RunningComponent[] {
  const endpoint = endpointOn(site, node);
  if (!endpoint) return [];
  const timeout = startupTimeout(site);
  return [
    {
      name: "kube-apiserver-proxy",
      unit: ENDPOINT_UNITS.proxy,
      reloads: true,
      // Whether it runs: that no API server is ready yet is not its fault.
      health: {
        scheme: "http",
        host: node.loopback.host,
        port: endpoint.healthPort,
        path: PROXY_PATHS.healthy,
      },
      ports: [endpoint.port, endpoint.healthPort],
      timeout,
    },
    ...(endpoint.kind === "virtual-ip"
      ? [
          {
            name: "kube-apiserver-vip",
            unit: ENDPOINT_UNITS.virtualIp,
            reloads: true,
            // Nobody asks it: systemd knows whether it runs.
            ports: [],
            timeout,
          },
        ]
      : []),
  ];
}
