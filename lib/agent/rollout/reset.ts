import {
  KUBELET_DIR,
  KUBERNETES_DIR,
  NODE_STATE_DIR,
} from "../../catalog/paths";
import type { Work } from "../../store/work";
import { AgentError } from "../../base/errors";
import { counted } from "../../base/counted";
import type { NodeRequest } from "../../request/request";
import {
  hostedNodes,
  type Inventory,
  runsProcesses,
} from "../../store/inventory";
import { resetHost } from "./reset-host";
import { hasApiServer, hasEtcd, hasUnits } from "../../request/roles";
import { Session } from "./session";

/** Cleans all hosts at once on destroy; a host that is not reached is named. */
export async function resetHosts(
  work: Work,
  etcdData: "kept" | "removed",
): Promise<void> {
  const { store, say } = work;
  const inventory = store.inventory();
  const nodes = hostedNodes(inventory).filter((node) => !runsProcesses(node));
  if (inventory === undefined || nodes.length === 0) return;
  const session = new Session(work, inventory);
  const { etcd } = inventory;
  try {
    const cleaned = await Promise.all(
      nodes.map(async (node) => {
        const host = await session.hostIfReachable(node);
        if (!host) {
          say(
            `${node.name}: not reached, so nothing was stopped or removed there. To clean it, run there: ${manualCleanup(node)}`,
          );
          return false;
        }
        try {
          const wasTouched = await resetHost(
            host,
            node,
            etcd && hasEtcd(node)
              ? { dataDir: etcd.dataDir, data: etcdData }
              : undefined,
          );
          if (!wasTouched)
            say(
              `${node.name}: nothing was ever delivered there, so it stays as it is`,
            );
          return wasTouched;
        } catch (error) {
          if (!(error instanceof AgentError)) throw error;
          for (const line of error.message.split("\n")) say(line);
          return false;
        }
      }),
    );
    const count = cleaned.filter(Boolean).length;
    if (count > 0)
      say(
        `${counted(count, "host")} cleaned: ${nodes.some(hasUnits) ? "their units" : "kubelet and its pods"} ended`,
      );
    if (etcd && etcdData === "kept" && wasUp(inventory))
      say(
        `etcd's data stay in ${etcd.dataDir} on ${nodes.some((node) => hasEtcd(node) && !hasApiServer(node)) ? "its hosts" : "the control-plane nodes"}; delete them when you no longer need them`,
      );
  } finally {
    await session.close();
  }
}

function manualCleanup(node: NodeRequest): string {
  const units = node.components.flatMap(({ unit }) => unit ?? []);
  const stop = `systemctl disable --now ${units.join(" ")}`;
  return hasUnits(node)
    ? `${stop}, and delete everything that is listed in ${NODE_STATE_DIR}/delivered, and ${NODE_STATE_DIR}`
    : `${stop}, end its containers, and delete ${KUBERNETES_DIR}, ${KUBELET_DIR} and ${NODE_STATE_DIR}`;
}

const wasUp = ({ nodes = {} }: Inventory): boolean =>
  Object.values(nodes).some(({ member }) => member);
