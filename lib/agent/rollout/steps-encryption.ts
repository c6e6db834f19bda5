import { KUBE_APISERVER } from "../../catalog/kube-apiserver";
import type { LiveCluster } from "./live-cluster";
import type { LiveNode } from "./live-node";
import { changeNode } from "./steps-nodes";

/** Brings a node the EncryptionConfiguration whose turn it is, and waits until its API server uses it. */
export async function bringConfiguration(
  node: LiveNode,
  cluster: LiveCluster,
): Promise<void> {
  // One that does not look for another configuration reads it when it starts.
  if (!cluster.request.encryption?.reloads) await node.stop(KUBE_APISERVER.id);
  await changeNode(node);
  await cluster.encryption.untilUsed(node);
}
