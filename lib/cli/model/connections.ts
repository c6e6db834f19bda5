import { CERTIFICATES } from "../../catalog/certificates";
import { ETCD, KUBE_APISERVER } from "../../catalog/components";
import { KUBECONFIGS } from "../../catalog/kubeconfigs";
import type { Layer, LayerId } from "./layers";

/** What connects to what. */
export interface Connection {
  readonly from: LayerId;
  readonly to: LayerId;
  /** A component. Absent for people, programs and the endpoint. */
  readonly client?: string;
  /** A component. Absent for the endpoint. */
  readonly server?: string;
  /** Whether a client connects only to the server on its own node. Otherwise it connects to all of them. */
  readonly isOwn: boolean;
  /** Absent if it is not known. */
  readonly port?: number;
}

interface Client {
  readonly client: string;
  readonly server: string;
  /** Where its kubeconfig leads. Absent if it connects with a certificate file. */
  readonly kubeconfig?: "own" | "endpoint";
}

/** The components that are clients of others, according to the catalog. */
const CLIENTS: readonly Client[] = [
  ...CERTIFICATES.flatMap(({ component, connectsTo }) =>
    connectsTo === undefined ? [] : [{ client: component, server: connectsTo }],
  ),
  ...KUBECONFIGS.flatMap(({ component, server }) =>
    component === undefined
      ? []
      : [{ client: component, server: KUBE_APISERVER.id, kubeconfig: server }],
  ),
];

export const connectionsOf = (layers: readonly Layer[]): Connection[] =>
  layers.flatMap((layer): Connection[] => {
    switch (layer.id) {
      case "clients":
        return [{ from: "clients", to: "endpoint", isOwn: false }];
      case "endpoint":
        return toAll(layer, { server: KUBE_APISERVER.id }, layers);
      default:
        return CLIENTS.filter(({ client }) => runs(layer, client)).flatMap(
          (each) => connect(layer, each, layers),
        );
    }
  });

function connect(
  layer: Layer,
  { client, server, kubeconfig }: Client,
  layers: readonly Layer[],
): Connection[] {
  const isPeer = client === server;
  // An API server uses the etcd member on its own node, if there is one.
  const usesOwn = kubeconfig === "own" || (server === ETCD.id && !isPeer);
  if (usesOwn && runs(layer, server)) {
    const port = portOf(layer, server);
    return [
      { from: layer.id, to: layer.id, client, server, isOwn: true, ...port },
    ];
  }
  const hasEndpoint = layers.some(({ id }) => id === "endpoint");
  if (kubeconfig !== undefined && hasEndpoint)
    return [{ from: layer.id, to: "endpoint", client, isOwn: false }];
  const others = isPeer
    ? layers.filter(({ id, count }) => id === layer.id && count > 1)
    : layers;
  return toAll(layer, { client, server }, others);
}

const toAll = (
  from: Layer,
  { client, server }: { readonly client?: string; readonly server: string },
  layers: readonly Layer[],
): Connection[] =>
  layers
    .filter((layer) => runs(layer, server))
    .map((to) => ({
      from: from.id,
      to: to.id,
      ...(client !== undefined && { client }),
      server,
      isOwn: false,
      ...portOf(to, server, client === server ? 1 : 0),
    }));

const runs = ({ components }: Layer, name: string): boolean =>
  components.some((each) => each.name === name);

/** The first port of a component is for its clients, and the second port of etcd is for its peers. */
function portOf(
  { components }: Layer,
  server: string,
  at = 0,
): Pick<Connection, "port"> {
  const port = components.find(({ name }) => name === server)?.ports[at];
  return port === undefined ? {} : { port };
}

/**
 * `kubelet, kube-proxy → kube-apiserver :6443`, for connections between the same layers; empty if neither end is a
 * component.
 */
export function connectionWords(connections: readonly Connection[]): string {
  const [{ server, port }] = connections;
  const clients = new Set(connections.flatMap(({ client = [] }) => client));
  if (clients.size === 0 && server === undefined) return "";
  const target = port === undefined ? server : `${server} :${port}`;
  return [[...clients].join(", "), target ?? "endpoint"]
    .filter(Boolean)
    .join(" → ");
}

/** What connects from each node of a layer to its other nodes; empty if there are none. */
export function betweenNodes(
  { id, count }: Layer,
  connections: readonly Connection[],
): string {
  const among = connections.filter(
    ({ from, to, isOwn }) => from === id && to === id && !isOwn,
  );
  return count > 1 && among.length > 0
    ? `between nodes: ${among.map((each) => connectionWords([each])).join(", ")}`
    : "";
}
