import type { Work } from "../batch";
import { AgentError } from "../errors";
import { counted } from "../report";
import { hostedNodes } from "./drift";
import type { Inventory } from "./inventory";
import { resetHost } from "./reset-host";
import { Session } from "./session";

/** On destroy: every host that was ever at work on is cleaned, all at once; one that isn't reached is named. */
export async function resetHosts(
  work: Work,
  etcdData: "kept" | "removed",
): Promise<void> {
  const { store, say } = work;
  const inventory = store.inventory();
  const nodes = hostedNodes(inventory);
  if (inventory === undefined || nodes.length === 0) return;
  const session = new Session(work, inventory);
  const { etcd } = inventory;
  try {
    const cleaned = await Promise.all(
      nodes.map(async (node) => {
        const host = await session.hostIfThere(node);
        if (!host) {
          say(
            `${node.name}: not reached, so nothing was stopped or removed there. By hand, on it: systemctl disable --now kubelet, end its containers, and delete /etc/kubernetes, /var/lib/kubelet and /var/lib/cdktf-control-plane`,
          );
          return false;
        }
        try {
          const isMember = inventory.nodes?.[node.name]?.pool === undefined;
          await resetHost(
            host,
            node,
            etcd && isMember
              ? { dataDir: etcd.dataDir, data: etcdData }
              : undefined,
          );
          return true;
        } catch (error) {
          if (!(error instanceof AgentError)) throw error;
          say(error.message);
          return false;
        }
      }),
    );
    const count = cleaned.filter(Boolean).length;
    if (count > 0)
      say(`${counted(count, "host")} cleaned: kubelet and its pods ended`);
    if (etcd && etcdData === "kept" && wasUp(inventory))
      say(
        `etcd's data stay in ${etcd.dataDir} of the control-plane nodes; delete them when nobody needs them`,
      );
  } finally {
    await session.close();
  }
}

const wasUp = ({ nodes = {} }: Inventory): boolean =>
  Object.values(nodes).some(({ member }) => member);
