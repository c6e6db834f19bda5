import { randomUUID } from "node:crypto";
import type { Work } from "../store/work";
import { redirectablePath } from "./hosts/errors";
import { stampPath } from "../store/bookkeeping";
import type { StoredFile } from "../store/staging";
import { checkedName } from "./make/undo";
import { checkAfterwards } from "./rollout/check-afterwards";
import { localDrift } from "./local/node";
import { runsProcesses, checkedNodes } from "../store/inventory";
import { differs, type NodeDrift } from "../request/drift";
import { POD_NETWORK_FILES } from "./rollout/pod-network-files";
import { keepWorkerCredentials } from "./rollout/worker-credentials";
import { type Reached, Session } from "./rollout/session";

/**
 * Compares every host with its tree. A plan cannot see hosts: what differs is marked with a token that the rollout's
 * triggers hold, so that the next plan has it.
 */
export async function runCheck(work: Work): Promise<NodeDrift[]> {
  const { store, agent } = work;
  const inventory = store.inventory();
  const nodes = checkedNodes(inventory);
  if (inventory === undefined || nodes.length === 0) return [];
  // Connections say that they wait: here that is no progress but the finding itself.
  const session = new Session({ ...work, say: () => undefined }, inventory, {
    readOnly: true,
  });
  const { endpoint = "", etcd, podNetwork } = inventory;
  const keeps = podNetwork ? POD_NETWORK_FILES : [];
  const local = nodes.filter(runsProcesses);
  const hosted = nodes.filter((node) => !local.includes(node));
  try {
    const [onHosts, here] = await Promise.all([
      session.reach(hosted, { etcd, keeps }),
      Promise.all(local.map((node) => localDrift(node, store))),
    ]);
    const drifts = [
      ...onHosts.map((reached) => driftOf(reached, endpoint)),
      ...here,
    ];
    const later = await checkAfterwards(work);
    await store.write(
      [
        ...drifts.filter(isMarked).map(({ node }) => mark(`nodes/${node}`)),
        ...later.flatMap(({ path, drift }) =>
          isMarked(drift) ? [mark(checkedName(path))] : [],
        ),
      ],
      agent,
    );
    return [...drifts, ...later.map(({ drift }) => drift)];
  } finally {
    await session.close();
  }
}

/** What isn't reached can't be mended by the next apply either. */
const isMarked = differs;

const mark = (path: string): StoredFile => ({
  path: stampPath(path),
  content: Buffer.from(`${JSON.stringify({ token: randomUUID() })}\n`),
  mode: 0o600,
});

function driftOf(reached: Reached, endpoint: string): NodeDrift {
  const { name } = reached.request;
  const nothing = {
    changed: [],
    missing: [],
    unlisted: [],
    unhealthy: [],
    outdated: [],
  };
  if ("failure" in reached)
    return {
      node: name,
      ...nothing,
      unreachable: reached.failure.message,
    };
  const { node } = reached;
  const [flaw] = node.flaws;
  if (flaw !== undefined)
    return { node: name, ...nothing, unreachable: redirectablePath(flaw) };
  keepWorkerCredentials(node, endpoint);
  const changed = [...node.edits, ...node.binaries].map(({ path }) => path);
  const unhealthy = node.unhealthy.map((component) => component.name);
  return {
    node: name,
    changed: changed.filter((path) => node.has(path)),
    missing: changed.filter((path) => !node.has(path)),
    unlisted: node.removed,
    unhealthy,
    // What is down runs with nothing.
    outdated: node.outdated.filter((each) => !unhealthy.includes(each)),
  };
}
