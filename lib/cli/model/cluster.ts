import { parse } from "node:path";
import { ENDPOINT_UNITS } from "../../catalog/endpoint";
import { unitName } from "../../catalog/units";
import type { RolloutOrder } from "../../request/manifest";
import { type Authority, authoritiesOf, tokensOf } from "./authorities";
import { type Certificate, certificatesOf } from "./certificates";
import { type Connection, connectionsOf } from "./connections";
import { rolloutsOf, type StoreFacts } from "./facts";
import { type Layer, layersOf } from "./layers";
import { type Node, nodesOf, THIS_MACHINE } from "./nodes";
import type { Validity } from "./validity";

/** A cluster, or another store, as pictures and reports show it. */
export interface Cluster {
  /** The cluster's name, or the store's path if it has none. */
  readonly name: string;
  readonly facts: StoreFacts;
  /** The version of Kubernetes that the program wants. Absent if there is no control plane. */
  readonly version?: string;
  readonly endpoint?: ClusterEndpoint;
  readonly nodes: readonly Node[];
  readonly clients: readonly Client[];
  readonly layers: readonly Layer[];
  readonly connections: readonly Connection[];
  readonly certificates: readonly Certificate[];
  readonly authorities: readonly Authority[];
}

/** The words for an endpoint whose URL is known only at apply. */
export const UNKNOWN_URL = "an address that is known at apply";

export interface ClusterEndpoint {
  /** Absent if it is known only at apply. */
  readonly url?: string;
  /** What answers there. */
  readonly about: string;
}

/** A kubeconfig or a token of a person or a program. */
export interface Client extends Validity {
  readonly name: string;
  readonly purpose: string;
  readonly file: string;
  /** The user name and groups. Absent before it is made. */
  readonly subject?: string;
}

export function clusterOf(facts: StoreFacts): Cluster {
  const certificates = certificatesOf(facts);
  const nodes = nodesOf(facts, certificates);
  const [rollout] = rolloutsOf(facts);
  const clients = clientsOf(facts, certificates);
  const endpoint = rollout && endpointOf(facts, rollout, nodes);
  const layers = layersOf(facts, nodes, endpoint, clients);
  return {
    name: rollout?.clusterName ?? facts.inventory?.clusterName ?? facts.store,
    facts,
    ...(rollout && { version: rollout.kubernetesVersion, endpoint }),
    nodes,
    clients,
    layers,
    connections: connectionsOf(layers),
    certificates,
    authorities: authoritiesOf(facts, certificates),
  };
}

function endpointOf(
  { inventory }: StoreFacts,
  { endpoint, virtualIp }: RolloutOrder,
  nodes: readonly Node[],
): ClusterEndpoint {
  const url = (endpoint as string | undefined) ?? inventory?.endpoint;
  const host = url && /^https:\/\/\[?(.*?)\]?:\d+$/.exec(url)?.[1];
  const owner = nodes.find(({ address }) => address === host);
  const hasProxies = nodes.some(({ components }) =>
    components.some(({ name }) => unitName(name) === ENDPOINT_UNITS.proxy),
  );
  return {
    ...(url && { url }),
    about: virtualIp
      ? "virtual IP, held by a control-plane node"
      : hasProxies
        ? "proxy on each node"
        : host && owner
          ? owner.access === THIS_MACHINE
            ? "on this machine"
            : `the address of ${owner.name}`
          : "load balancer or name that you provide",
  };
}

function clientsOf(
  facts: StoreFacts,
  certificates: readonly Certificate[],
): Client[] {
  const kubeconfigs = certificates
    .filter(({ isKubeconfig, node }) => isKubeconfig && node === undefined)
    .map(({ found, ...one }) => ({
      ...one,
      name: parse(one.file).name,
      ...(found && { subject: found.subject }),
    }));
  const tokens = tokensOf(facts).map((token) => ({
    ...token,
    name: parse(token.file).name,
  }));
  return [...kubeconfigs, ...tokens];
}
