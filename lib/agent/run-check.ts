import { randomUUID } from "node:crypto";
import type { Work } from "../store/work";
import { etcdFindings } from "./etcd/findings";
import { etcdPlace } from "./etcd/place";
import { EtcdCluster } from "./etcd/read";
import { redirectablePath } from "./hosts/errors";
import { thisMachine } from "./hosts/local";
import { stampPath } from "../store/bookkeeping";
import type { StoredFile } from "../store/staging";
import { checkMarkPath } from "./make/undo";
import { checkAfterwards } from "./rollout/check-afterwards";
import { localDrift } from "./local/node";
import { checkedNodes } from "../store/inventory";
import { hasDrifted, noDrift, type NodeDrift } from "../request/drift";
import type { EtcdFinding } from "../request/etcd-care";
import type { NodeRequest } from "../request/request";
import { laterFilesOf } from "./rollout/pod-network-files";
import { keepWorkerCredentials } from "./rollout/worker-credentials";
import { type HostResult, Session } from "./rollout/session";
import { runsProcesses } from "../request/roles";
import { AgentError } from "../base/errors";
import { readBackupFacts } from "./hosts/backup-facts";
import { hostBackup, newestBackup } from "./backup/newest";

/**
 * Compares every host with its tree. A plan cannot see hosts, so each host that differs is marked with a token that is
 * a trigger of its rollout: the next plan then includes that rollout.
 */
export async function runCheck(work: Work): Promise<NodeDrift[]> {
  const { store, agent } = work;
  const inventory = store.inventory();
  const nodes = checkedNodes(inventory);
  if (inventory === undefined || nodes.length === 0) return [];
  // Connections print that they wait for a host; a check reports it as a finding instead.
  const session = new Session({ ...work, say: () => undefined }, inventory, {
    readOnly: true,
  });
  const { clusterName = "", endpoint = "", etcd, podNetwork } = inventory;
  const keeps = laterFilesOf(podNetwork);
  const local = nodes.filter(runsProcesses);
  const hosted = nodes.filter((node) => !local.includes(node));
  try {
    const [onHosts, here] = await Promise.all([
      session.readHosts(hosted, { etcd, keeps }),
      Promise.all(local.map((node) => localDrift(node, store))),
    ]);
    const drifts = [
      ...(await Promise.all(
        onHosts.map(async (reached) => ({
          ...driftOf(reached, endpoint),
          ...(await backupOf(reached, clusterName, work.clock.now())),
        })),
      )),
      ...here,
    ];
    const saved = newestBackup(drifts, inventory);
    if (saved !== inventory.saved)
      await session.saveInventory({ ...inventory, saved });
    const found = await findingsOfEtcd(onHosts, local, work);
    const later = await checkAfterwards(work);
    // A host that is not reached does not count: the next apply could not repair it either.
    await store.write(
      [
        ...drifts.filter(hasDrifted).map(({ node }) => mark(`nodes/${node}`)),
        ...later.flatMap(({ path, drift }) =>
          hasDrifted(drift) ? [mark(checkMarkPath(path))] : [],
        ),
      ],
      agent,
    );
    return [...withEtcd(drifts, found), ...later.map(({ drift }) => drift)];
  } finally {
    await session.close();
  }
}

/** What is to be said about etcd. A member that does not answer is among the unhealthy components already. */
async function findingsOfEtcd(
  onHosts: readonly HostResult[],
  local: readonly NodeRequest[],
  { store, clock }: Work,
): Promise<EtcdFinding[]> {
  const hosts = [
    ...onHosts.flatMap((each) => ("host" in each ? [each] : [])),
    ...local.map((request) => ({ request, host: thisMachine(request.name) })),
  ];
  const place = etcdPlace(
    store.inventory(),
    hosts.map(({ request }) => request),
  );
  if (!place) return [];
  const members = hosts
    .filter(({ request }) => place.nodes.includes(request))
    .map((each) => ({ ...each, name: each.request.name }));
  const cluster = new EtcdCluster(members, place.etcd, { store, clock });
  return etcdFindings(await cluster.state());
}

/** Each finding goes to its node; that about a member without one, to the first node. */
function withEtcd(
  drifts: readonly NodeDrift[],
  found: readonly EtcdFinding[],
): NodeDrift[] {
  const names = drifts.map(({ node }) => node);
  return drifts.map((drift, at) => {
    const etcd = found.filter(
      ({ member }) =>
        member === drift.node || (at === 0 && !names.includes(member)),
    );
    return etcd.length > 0 ? { ...drift, etcd } : drift;
  });
}

const mark = (path: string): StoredFile => ({
  path: stampPath(path),
  content: Buffer.from(`${JSON.stringify({ token: randomUUID() })}\n`),
  mode: 0o600,
});

/** What a host that saves etcd has made. */
async function backupOf(
  reached: HostResult,
  clusterName: string,
  now: number,
): Promise<Pick<NodeDrift, "backup" | "unreachable">> {
  const { backup } = reached.request;
  if ("failure" in reached || !backup || reached.node.flaws.length > 0)
    return {};
  try {
    return {
      backup: hostBackup(
        await readBackupFacts(reached.host, backup, clusterName),
        now,
      ),
    };
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
    return { unreachable: error.message };
  }
}

function driftOf(reached: HostResult, endpoint: string): NodeDrift {
  const { name } = reached.request;
  if ("failure" in reached)
    return { ...noDrift(name), unreachable: reached.failure.message };
  const { node } = reached;
  const [flaw] = node.flaws;
  if (flaw !== undefined)
    return { ...noDrift(name), unreachable: redirectablePath(flaw) };
  keepWorkerCredentials(node, endpoint);
  const { comparison } = node;
  const changed = [...comparison.edits, ...comparison.binaries].map(
    ({ path }) => path,
  );
  const unhealthy = node.unhealthy.map((component) => component.name);
  return {
    node: name,
    changed: changed.filter((path) => comparison.has(path)),
    missing: changed.filter((path) => !comparison.has(path)),
    unlisted: comparison.differences.removed,
    unhealthy,
    // A component that is down is reported as unhealthy only.
    outdated: node.outdated.filter((each) => !unhealthy.includes(each)),
  };
}
