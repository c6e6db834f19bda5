import {
  KUBELET_DIR,
  KUBERNETES_DIR,
  NODE_STATE_DIR,
} from "../../catalog/paths";
import type { Work } from "../../store/work";
import { AgentError } from "../../base/errors";
import { counted } from "../../base/counted";
import type { NodeRequest } from "../../request/request";
import { hostedNodes, type Inventory } from "../../store/inventory";
import { withShortTimeout } from "../cluster/connections";
import { HostError } from "../hosts/errors";
import { hostKeysOf } from "../hosts/known-hosts";
import { hostsNotCleaned, type UncleanHost } from "./errors";
import { resetHost } from "./reset-host";
import {
  hasApiServer,
  hasEtcd,
  hasUnits,
  runsProcesses,
} from "../../request/roles";
import { Session } from "./session";

export interface ResetOptions {
  readonly etcdData: "kept" | "removed";
  /** The nodes whose hosts may stay as they are. */
  readonly givenUp: readonly string[];
}

/** Cleans all hosts at once on destroy. If one is not cleaned, it fails after all others are. */
export async function resetHosts(
  work: Work,
  { etcdData, givenUp }: ResetOptions,
): Promise<void> {
  const { store, say } = work;
  const inventory = store.inventory();
  const nodes = hostedNodes(inventory).filter((node) => !runsProcesses(node));
  if (inventory === undefined || nodes.length === 0) return;
  const session = new Session(work, inventory);
  const { etcd } = inventory;
  const neverReached = (node: NodeRequest): boolean =>
    node.access.kind === "ssh" &&
    node.access.hostKey === undefined &&
    inventory.nodes?.[node.name]?.tree === undefined &&
    hostKeysOf(store.at("known_hosts"), node.name).length === 0;
  const leave = (node: NodeRequest, words: string): false => {
    say(`${node.name}: ${words}`);
    return false;
  };
  try {
    const results = await Promise.all(
      nodes.map(async (node): Promise<boolean | UncleanHost> => {
        // Before it is reached: then its key is remembered.
        const isUnknown = neverReached(node);
        try {
          const host = await session.host(withShortTimeout(node));
          const wasTouched = await resetHost(
            host,
            node,
            etcd && hasEtcd(node)
              ? { dataDir: etcd.dataDir, data: etcdData }
              : undefined,
          );
          return (
            wasTouched ||
            leave(
              node,
              "nothing was ever delivered there, so it stays as it is",
            )
          );
        } catch (error) {
          if (!(error instanceof AgentError)) throw error;
          if (isUnknown && error instanceof HostError)
            return leave(node, "was never reached, so nothing is there");
          if (givenUp.includes(node.name))
            return leave(
              node,
              `given up, so what was started there still runs. To clean it, run there: ${manualCleanup(node)}`,
            );
          const [reason] = error.message.split("\n");
          return { name: node.name, reason, cleanup: manualCleanup(node) };
        }
      }),
    );
    const count = results.filter((result) => result === true).length;
    if (count > 0)
      say(
        `${counted(count, "host")} cleaned: ${nodes.some(hasUnits) ? "their units" : "kubelet and its pods"} ended`,
      );
    const unclean = results.filter((result) => typeof result === "object");
    if (unclean.length > 0) throw hostsNotCleaned(store.shown(), unclean);
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
