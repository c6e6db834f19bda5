import { firstOf } from "../../base/counted";
import { minorOf } from "../../catalog/skew";
import { checkedNodes } from "../../store/inventory";
import { NODE, seenNode } from "../upgrade/cluster-objects";
import type { SeenNode } from "../upgrade/seen";
import type { LiveCluster } from "./live-cluster";
import { bringsKubelet } from "./seen-hosts";

/** Says after an upgrade which kubelets are next: those that their machines bring, with the commands. */
export async function sayOldKubelets({
  api,
  request,
  session,
}: LiveCluster): Promise<void> {
  const brought = checkedNodes(session.inventory)
    .filter(bringsKubelet)
    .map(({ name }) => name);
  const nodes = await (
    await api()
  ).list({ apiVersion: "v1", kind: "Node" }, {}, NODE);
  const old = nodes.map(seenNode).filter(({ name }) => !brought.includes(name));
  for (const line of oldKubelets(old, request.kubernetesVersion))
    session.work.say(line);
}

/** The lines about kubelets of an older minor; none if there are none. */
export function oldKubelets(
  nodes: readonly Pick<SeenNode, "name" | "kubelet">[],
  kubernetes: string,
): string[] {
  const minor = minorOf(kubernetes);
  const old = nodes.filter(({ kubelet }) => minorOf(kubelet) < minor);
  if (old.length === 0) return [];
  const named = firstOf(old.map(({ name, kubelet }) => `${name} ${kubelet}`));
  return [
    `kubelets: still of an older minor, because their machines bring them: ${named}`,
    `kubelets: one node after another: kubectl drain NODE --ignore-daemonsets; on NODE: apt-get install -y 'kubelet=1.${minor}.*' && systemctl restart kubelet; kubectl uncordon NODE`,
  ];
}
