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
import type { ComponentRequest, VirtualIpRequest } from "../request/request";
import { startupTimeout } from "./static-pod";

/** A file of the endpoint on a node. */
export interface EndpointFile {
  /** The id of its construct. */
  readonly id: string;
  readonly path: string;
  readonly mode: "0644" | "0755";
  readonly text: string;
  readonly purpose: string;
}

/** The endpoint's files on one node, except the secret. */
export function endpointFiles(site: Site, node: SiteNode): EndpointFile[] {
  const endpoint = endpointOn(site, node);
  if (!endpoint) return [];
  const paths = endpointPaths(site);
  const proxy = "proxy to the API servers";
  const virtualIp = "virtual IP of the API servers";
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

/** The virtual IP, as the request of a rollout describes it. */
export function virtualIpRequest(site: Site): VirtualIpRequest | undefined {
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

/** The endpoint's components on a node. They start before the components that may need them. */
export function endpointComponents(
  site: Site,
  node: SiteNode,
): ComponentRequest[] {
  const endpoint = endpointOn(site, node);
  if (!endpoint) return [];
  const timeout = startupTimeout(site);
  return [
    {
      name: "kube-apiserver-proxy",
      unit: ENDPOINT_UNITS.proxy,
      reloads: true,
      // This only checks that the proxy runs: it is healthy even if no API server is ready yet.
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
            // It has no health check: systemd reports whether it runs.
            ports: [],
            timeout,
          },
        ]
      : []),
  ];
}
