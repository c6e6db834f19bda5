import { elapsed } from "../../base/clock";
import type { ComponentId } from "../../catalog/component-id";
import { ETCD } from "../../catalog/etcd";
import { KUBE_APISERVER } from "../../catalog/kube-apiserver";
import { BOOTSTRAP_KUBECONFIG } from "../../catalog/kubelet";
import { waitForNode } from "../cluster/nodes";
import { type Join, mintJoin, revoke } from "../cluster/tokens";
import { componentsAfter } from "./delivery";
import { notRegistered } from "./errors";
import type { LiveCluster } from "./live-cluster";
import type { LiveNode } from "./live-node";
import { KUBELET_CERTIFICATE, KUBELET_KUBECONFIG } from "./present";
import { hasApiServer, hasBasicUnits, hasEtcd } from "../../request/roles";
import { caOf, workerKubeconfig } from "./worker-credentials";

const KUBELET = "kubelet" satisfies ComponentId;

/** Lifetime of a bootstrap token in seconds; a kubelet needs it only for a moment. */
const TOKEN_LIFETIME = 15 * 60;
/** Milliseconds that a kubelet may take to get its certificate. */
const BOOTSTRAP_TIMEOUT = 120_000;

/** Delivers up to etcd on a node on which nothing runs yet, and waits until etcd is healthy. */
export const startEtcd = (node: LiveNode): Promise<void> =>
  deliverThrough(node, ETCD.id, hasBasicUnits(node.request));

/** Delivers the rest to a node whose etcd is healthy. */
export const startRest = (node: LiveNode): Promise<void> =>
  deliverRest(node, hasBasicUnits(node.request));

/**
 * Delivers everything that differs to a node of a running cluster. Units start one after the other: systemd restarts a
 * unit that ends at once again and again, while kubelet backs off. kubelet restarts after the pods: a kubelet that has just
 * started ends no former pod until it has reached the API server, which may be one of these pods.
 */
export async function changeNode(node: LiveNode): Promise<void> {
  if (hasBasicUnits(node.request)) {
    if (hasEtcd(node.request)) await deliverThrough(node, ETCD.id, true);
    return deliverRest(node, true);
  }
  const pods = node.request.components.filter(({ manifest }) => manifest);
  const kubelet = node.component(KUBELET);
  const isKubeletUp = !node.unhealthy.some(({ name }) => name === KUBELET);
  if (pods.length > 0 && kubelet && isKubeletUp) {
    const change = await node.deliver({ without: [kubelet] });
    await node.wait(pods, change, true);
  }
  const change = await node.deliver();
  await node.wait(node.request.components, change, true);
}

/** Delivers up to one component, with those that start before it, and waits until that component is healthy. */
async function deliverThrough(
  node: LiveNode,
  name: string,
  impatient: boolean,
): Promise<void> {
  const component = node.component(name);
  const change = await node.deliver({
    without: componentsAfter(node.request, name),
  });
  if (component) await node.wait([component], change, impatient);
}

async function deliverRest(node: LiveNode, impatient: boolean): Promise<void> {
  if (hasApiServer(node.request))
    await deliverThrough(node, KUBE_APISERVER.id, impatient);
  const change = await node.deliver();
  const others = node.request.components.filter(
    ({ name }) => name !== ETCD.id && name !== KUBE_APISERVER.id,
  );
  await node.wait(others, change, impatient);
}

/** Creates one bootstrap token for these workers, and revokes it when they have joined. */
export async function withToken<T>(
  names: readonly string[],
  cluster: LiveCluster,
  action: (join: Join) => Promise<T>,
): Promise<T> {
  const api = await cluster.api();
  const join = await mintJoin(api, {
    caPem: caOf(cluster.node(names[0])),
    server: cluster.request.endpoint,
    ttlSeconds: TOKEN_LIFETIME,
    description: `joins ${names.join(", ")}`,
  });
  try {
    return await action(join);
  } finally {
    await revoke(api, join.tokenId);
  }
}

/** TLS bootstrap: kubelet requests a certificate with the token, and uses its own identity from then on. */
export async function joinWorker(
  node: LiveNode,
  { kubeconfig }: Join,
  cluster: LiveCluster,
): Promise<void> {
  const { work } = cluster.session;
  const start = work.clock.now();
  node.setExtraFiles([
    {
      path: BOOTSTRAP_KUBECONFIG,
      content: Buffer.from(kubeconfig),
      mode: 0o600,
      owner: "root:root",
    },
  ]);
  const change = await node.deliver({
    startsKubelet: true,
    // With an earlier certificate there, kubelet would not request another one.
    removed: [KUBELET_KUBECONFIG, KUBELET_CERTIFICATE],
  });
  await node.wait(node.request.components, change, false);
  // kubelet writes its kubeconfig before it has the certificate, and needs the token until then. The Node object proves
  // nothing: it may exist from an earlier life of the machine.
  const text = await node.until(
    ({ kubeletKubeconfig, kubeletCertificate }) =>
      kubeletCertificate && kubeletKubeconfig,
    BOOTSTRAP_TIMEOUT,
  );
  if (!text) throw notRegistered(node.name, BOOTSTRAP_TIMEOUT / 1000);
  await waitForNode(await cluster.api(), node.name);
  node.setExtraFiles([workerKubeconfig(node, text, cluster.request.endpoint)]);
  // All that is left to do is to remove the bootstrap kubeconfig with the token.
  await node.deliver({ startsKubelet: false });
  work.say(`${node.name}: joined after ${elapsed(work.clock, start)}`);
}
