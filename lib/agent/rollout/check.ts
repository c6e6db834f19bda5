import { randomUUID } from "node:crypto";
import type { Work } from "../make/batch";
import { openWay, tookTooLong } from "../hosts/errors";
import type { NodeRequest } from "../../request/request";
import { stampPath, type StoredFile } from "../../store/store";
import { checkedName } from "../make/undo";
import { checkAfterwards } from "./check-afterwards";
import { localDrift } from "../local/node";
import { runsProcesses } from "../../store/inventory";
import { checkedNodes, differs, type NodeDrift } from "./drift";
import { POD_NETWORK_FILES } from "./pod-network-files";
import { keepWorkerCredentials } from "./worker-credentials";
import { type Reached, Session } from "./session";

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
  const session = new Session({ ...work, say: () => undefined }, inventory);
  try {
    const drifts = await Promise.all(
      nodes.map(async (node): Promise<NodeDrift> =>
        runsProcesses(node)
          ? localDrift(node, store)
          : driftOf(await look(node, session), inventory.endpoint ?? ""),
      ),
    );
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
    return { node: name, ...nothing, unreachable: openWay(flaw) };
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

/** A host that is down, or hangs, is a finding, not something to wait for. */
async function look(node: NodeRequest, session: Session): Promise<Reached> {
  const { etcd, podNetwork } = session.inventory;
  const { access } = node;
  const request =
    access.kind === "ssh"
      ? { ...node, access: { ...access, connectTimeout: CONNECT } }
      : node;
  const host = access.kind === "ssh" ? access.host : "this machine";
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Reached>((resolve) => {
    timer = setTimeout(() => {
      const failure = tookTooLong({ node: node.name, host }, LOOK);
      resolve({ request, failure });
    }, LOOK);
  });
  const [reached] = await Promise.race([
    session.reach([request], {
      etcd,
      keeps: podNetwork ? POD_NETWORK_FILES : [],
    }),
    late.then((failure) => [failure]),
  ]);
  clearTimeout(timer);
  return reached;
}

/** Seconds. */
const CONNECT = 5;
/** Milliseconds for all of a host. */
const LOOK = 30_000;
