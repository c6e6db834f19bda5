import { randomUUID } from "node:crypto";
import type { Work } from "../batch";
import { stampPath, type StoredFile } from "../store";
import { hostedNode } from "./inventory";
import { POD_NETWORK_FILES } from "./pod-network-files";
import { Session } from "./session";
import { keepWorkerCredentials } from "./pool";

/** What is the matter with a node, as far as it can be seen from here. */
export interface NodeDrift {
  readonly node: string;
  /** Why it could not be looked at; then it is not marked. */
  readonly unreachable?: string;
  /** Paths on the host. */
  readonly changed: readonly string[];
  readonly missing: readonly string[];
  readonly unlisted: readonly string[];
  /** Components that don't answer well. */
  readonly unhealthy: readonly string[];
  /** kubelet runs with other files than it has, or doesn't run. */
  readonly kubelet: boolean;
}

/**
 * Compares every host with its tree. A plan cannot see hosts: what differs is marked with a token that the rollout's
 * triggers hold, so that the next plan has it.
 */
export async function runCheck(work: Work): Promise<NodeDrift[]> {
  const { store, agent, say } = work;
  const inventory = store.inventory();
  const nodes = Object.entries(inventory?.nodes ?? {}).flatMap(
    ([name, node]) => (!node.retired && hostedNode(name, node)) || [],
  );
  if (inventory === undefined || nodes.length === 0) return [];
  // Connections say that they wait: here that is no progress but the finding itself.
  const session = new Session({ ...work, say: () => undefined }, inventory);
  try {
    const reached = await session.reach(
      nodes.map((node) => hasty(node)),
      {
        etcd: inventory.etcd,
        keeps: inventory.podNetwork ? POD_NETWORK_FILES : [],
      },
    );
    const drifts = reached.map((each): NodeDrift => {
      const nothing = { changed: [], missing: [], unlisted: [], unhealthy: [] };
      const { name } = each.request;
      if ("failure" in each)
        return {
          ...{ node: name, ...nothing, kubelet: false },
          unreachable: each.failure.message.split("\n")[0],
        };
      const { node } = each;
      keepWorkerCredentials(node, inventory.endpoint ?? "");
      const changed = node.changed.map(({ path }) => path);
      return {
        node: name,
        changed: changed.filter((path) => node.has(path)),
        missing: changed.filter((path) => !node.has(path)),
        unlisted: node.removed,
        unhealthy: node.unhealthy.map((component) => component.name),
        kubelet: node.kubeletIsOld,
      };
    });
    await store.write(drifts.filter(isMarked).map(mark), agent);
    for (const line of drifts.flatMap(driftLines)) say(line);
    return drifts;
  } finally {
    await session.close();
  }
}

/** Whether the next plan is to hold it: what isn't reached can't be mended either. */
const isMarked = (drift: NodeDrift): boolean =>
  drift.unreachable === undefined && problems(drift).length > 0;

const mark = ({ node }: NodeDrift): StoredFile => ({
  path: stampPath(`nodes/${node}`),
  content: Buffer.from(`${JSON.stringify({ token: randomUUID() })}\n`),
  mode: 0o600,
});

export function driftLines(drift: NodeDrift): string[] {
  const { node, unreachable } = drift;
  if (unreachable !== undefined) return [unreachable];
  return problems(drift).map((problem) => `${node}: ${problem}`);
}

function problems(drift: NodeDrift): string[] {
  const { changed, missing, unlisted, unhealthy, kubelet } = drift;
  return [
    ...changed.map((path) => `${path} is not as it was delivered`),
    ...missing.map((path) => `${path} is missing`),
    ...unlisted.map((path) => `${path} is no longer listed`),
    ...unhealthy.map((name) => `${name} is not healthy`),
    ...(kubelet && !unhealthy.includes("kubelet")
      ? ["kubelet runs with other files than it has"]
      : []),
  ];
}

const hasty = <T extends { readonly access: { readonly kind: string } }>(
  node: T,
): T => {
  const { access } = node;
  return access.kind === "ssh"
    ? { ...node, access: { ...access, connectTimeout: CONNECT } }
    : node;
};

/** Seconds: a host that is down is a finding, not something to wait for. */
const CONNECT = 5;
