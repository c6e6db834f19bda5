import type { KubeconfigRow } from "../catalog/kubeconfigs";
import {
  type AddressPort,
  runsApiServer,
  type Site,
  type SiteNode,
} from "../catalog/site";
import { compact } from "./kubernetes-object";
import { reference } from "./references";
import type { Reference } from "./specs";

export interface KubeconfigOptions {
  readonly clusterName: string;
  /** `https://host:port` */
  readonly server: string;
  /** The CA: embedded, or the path of a file that the user of the kubeconfig can read. */
  readonly authority: Reference | string;
  /** The name of the user in the file. */
  readonly user: string;
  /** The user's credentials, as fields of a kubeconfig. */
  readonly credentials: Readonly<Record<string, unknown>>;
  /** The namespace of the context. Absent: `default`. */
  readonly namespace?: string;
}

/** The certificate and key that are made with the kubeconfig, and exist only in it. */
export const EMBEDDED_CLIENT_CERTIFICATE = Object.freeze({
  "client-certificate-data": reference({ $base64: "certificate" }),
  "client-key-data": reference({ $base64: "key" }),
});

/**
 * A kubeconfig with one cluster, one user and one context.
 * @see https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
 */
export function kubeconfig(
  options: KubeconfigOptions,
): Record<string, unknown> {
  const { clusterName, server, authority, user, credentials, namespace } =
    options;
  const context = `${user}@${clusterName}`;
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name: clusterName,
        cluster: compact({
          ...(typeof authority === "string"
            ? { "certificate-authority": authority }
            : { "certificate-authority-data": authority }),
          server,
        }),
      },
    ],
    contexts: [
      {
        name: context,
        context: compact({ cluster: clusterName, namespace, user }),
      },
    ],
    "current-context": context,
    users: [{ name: user, user: credentials }],
  };
}

/** The address of the API server in a kubeconfig of a node. */
export function serverOf(
  row: KubeconfigRow,
  site: Site,
  node: SiteNode,
): string {
  const own =
    row.server === "own" &&
    runsApiServer(site, node) &&
    (row.id !== "kubelet" || kubeletIsLocal(site));
  return own ? ownServer(node) : endpointServer(site, node);
}

/** The API server of one node. */
export function ownServer(node: SiteNode): string {
  return url({ ...node.address, port: node.bindPort });
}

/** The cluster's endpoint, as its nodes use it; if there is none, the node's own API server, or the only one. */
export function endpointServer(site: Site, node?: SiteNode): string {
  if (site.endpoint) return url(site.endpoint);
  return ownServer(node && runsApiServer(site, node) ? node : site.nodes[0]);
}

/** As {@link endpointServer}, for clients outside the nodes: they cannot use the nodes' local proxies. */
export function publicServer(site: Site): string {
  return site.endpoint?.kind === "local-proxy"
    ? ownServer(site.nodes[0])
    : endpointServer(site);
}

function url({ urlHost, port }: AddressPort): string {
  return `https://${urlHost}:${port}`;
}

function kubeletIsLocal(site: Site): boolean {
  const gate = "ControlPlaneKubeletLocalMode";
  return site.featureGates[gate] ?? site.version.featureGates[gate];
}
