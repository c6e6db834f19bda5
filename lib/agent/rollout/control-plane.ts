import { ETCD } from "../../catalog/etcd";
import { KUBE_APISERVER } from "../../catalog/kube-apiserver";
import type { Member } from "../cluster/etcd";
import { waitFor } from "../cluster/retry";
import { AgentError } from "../../base/errors";
import { quorumAtStake, rolloutEnded } from "./errors";
import type { RolloutRequest } from "../../request/request";
import { seconds } from "./health";
import type { LiveNode } from "./live-node";
import { type EtcdMembers, quorumOf } from "./members";
import { hasApiServer, hasEtcd, hasBasicUnits } from "./roles";

/** How long a rollout waits for the other members to be well before it touches the next: milliseconds. */
const GATE = 60_000;

export interface ControlPlane {
  readonly request: RolloutRequest;
  /** Those that are reached and stay. */
  readonly nodes: readonly LiveNode[];
  /** Absent with an external etcd. */
  readonly members?: EtcdMembers;
  /** The cluster was up once: a node without data is a new one, or one that was reinstalled. */
  readonly established: boolean;
  readonly say: (line: string) => void;
}

/** Brings the nodes to their trees: all at once where nothing is up, else a few at a time, and etcd never without quorum. */
export async function rollControlPlane(cluster: ControlPlane): Promise<void> {
  const { nodes, members, established } = cluster;
  const agreed = await members?.agreed();
  const isUp = members
    ? agreed !== undefined
    : established && nodes.some((node) => node.isHealthy);
  const known = nodes.filter((node) => {
    if (!members || !hasEtcd(node.request)) return true;
    return agreed
      ? isMember(node, agreed, members)
      : node.hasEtcdData || !established;
  });
  const fresh = nodes.filter((node) => !known.includes(node));
  const isFirst = (node: LiveNode) => !members || hasEtcd(node.request);
  if (isUp) await roll(known.filter(isFirst), cluster);
  else await bringUp(known, cluster);
  if (!members) return;
  // One after the other, since etcd takes one learner at a time.
  for (const [at, node] of fresh.entries())
    await together([node], fresh.slice(at + 1), () =>
      join(node, members, cluster.say),
    );
  // API servers elsewhere come last: a learner refuses what they ask of it.
  if (isUp)
    await roll(
      known.filter((node) => !isFirst(node)),
      cluster,
    );
}

/** Whether it is one of the members; one whose data are gone is none, whatever etcd thinks. */
function isMember(
  node: LiveNode,
  agreed: readonly Member[],
  members: EtcdMembers,
): boolean {
  const own = agreed.find((member) => members.isOf(member, node.request));
  return (
    own !== undefined && !own.isLearner && (node.hasEtcdData || !own.started)
  );
}

/** Each component once it can be of use: whoever starts too early crashes, and is kept waiting before its next try. */
async function bringUp(
  nodes: readonly LiveNode[],
  { members, say }: ControlPlane,
): Promise<void> {
  if (nodes.every((node) => !node.differs && node.isHealthy)) return;
  const start = Date.now();
  const withEtcd = nodes.filter(({ request }) => hasEtcd(request));
  if (members)
    await together(withEtcd, [], (node) =>
      bringFirst(node, ETCD.id, hasBasicUnits(node.request)),
    );
  await together(nodes, [], (node) =>
    startRest(node, hasBasicUnits(node.request)),
  );
  const names = nodes.map(({ name }) => name).join(", ");
  say(`${names}: up after ${seconds(start)}`);
}

/** Brings a node to where one component, and what starts before it, is healthy. */
async function bringFirst(
  node: LiveNode,
  name: string,
  impatient = false,
): Promise<void> {
  const component = node.component(name);
  const change = await node.bring({ without: node.after(name) });
  if (component) await node.wait([component], change, impatient);
}

/** On a node whose etcd serves. */
async function startRest(node: LiveNode, impatient = false): Promise<void> {
  if (hasApiServer(node.request))
    await bringFirst(node, KUBE_APISERVER.id, impatient);
  const change = await node.bring();
  const others = node.request.components.filter(
    ({ name }) => name !== ETCD.id && name !== KUBE_APISERVER.id,
  );
  await node.wait(others, change, impatient);
}

/** Unhealthy nodes first, but for their etcd they have nothing to lose. Then those that differ, a few at a time. */
async function roll(
  nodes: readonly LiveNode[],
  cluster: ControlPlane,
): Promise<void> {
  const ill = nodes.filter((node) => !node.isHealthy);
  const well = nodes.filter((node) => node.isHealthy && node.differs);
  const waiting = [...ill, ...well];
  for (const node of ill) {
    waiting.shift();
    if (node.endsEtcd) await batchSize([node], cluster);
    await together([node], waiting, change);
  }
  while (well.length > 0) {
    const batch = well.splice(0, await batchSize(well, cluster));
    waiting.splice(0, batch.length);
    await together(batch, waiting, change);
  }
}

/**
 * Brings all that differs to a node of a cluster that is up. systemd starts a unit that ends at once again and again,
 * where kubelet leaves a pod more and more time: so units come one after the other.
 */
export async function change(node: LiveNode): Promise<void> {
  if (hasBasicUnits(node.request)) {
    if (hasEtcd(node.request)) await bringFirst(node, ETCD.id, true);
    return startRest(node, true);
  }
  const change = await node.bring();
  await node.wait(node.request.components, change, true);
}

/** How many of the next nodes may be touched at once; waits until it is at least one. */
async function batchSize(
  next: readonly LiveNode[],
  { request, members }: ControlPlane,
): Promise<number> {
  if (!members || !next.some(({ endsEtcd }) => endsEtcd))
    return request.maxUnavailable;
  let counts = { healthy: 0, all: 0 };
  const spare = await waitFor(GATE, async () => {
    counts = await countVoters(members);
    return spareOf(counts);
  });
  if (spare !== undefined) return Math.min(request.maxUnavailable, spare);
  throw quorumAtStake(
    next.map(({ name }) => name),
    counts.healthy,
    counts.all,
  );
}

interface Voters {
  readonly healthy: number;
  readonly all: number;
}

async function countVoters(members: EtcdMembers): Promise<Voters> {
  const all = ((await members.agreed()) ?? []).filter(
    ({ isLearner }) => !isLearner,
  );
  return { healthy: (await members.healthy()).length, all: all.length };
}

/** How many members may be down for a moment, where that is at least one. */
function spareOf({ healthy, all }: Voters): number | undefined {
  // One or two members have no quorum that could be kept.
  if (all > 0 && all < 3 && healthy === all) return 1;
  const spare = healthy - quorumOf(all);
  return spare > 0 ? spare : undefined;
}

/** Makes a node a member of an etcd that is there: first one that doesn't vote, until it has caught up. */
async function join(
  node: LiveNode,
  members: EtcdMembers,
  say: (line: string) => void,
): Promise<void> {
  const start = Date.now();
  const agreed = (await members.agreed()) ?? [];
  const own = agreed.find((member) => members.isOf(member, node.request));
  const goesOn = own !== undefined && node.hasEtcdData;
  if (own?.started && !goesOn) {
    await members.remove(own, node.name);
    say(`${node.name}: its etcd data are gone, the old member is removed`);
  }
  // They are another membership's: etcd would not start with them.
  if (node.hasEtcdData && !goesOn) await node.setEtcdDataAside();
  const { id, initialCluster } = await members.addLearner(
    node.request,
    (await members.agreed()) ?? [],
  );
  if (!goesOn) node.join({ initialCluster });
  await node.bring({ without: node.after(ETCD.id) });
  await members.promote(id, node.name);
  say(`${node.name}: joined etcd after ${seconds(start)}`);
  await startRest(node);
}

/** Does it with all at once; where one fails, says what became of the others. */
export async function together(
  nodes: readonly LiveNode[],
  untouched: readonly LiveNode[],
  action: (node: LiveNode) => Promise<void>,
): Promise<void> {
  const outcomes = await Promise.allSettled(nodes.map(action));
  const failures = outcomes.flatMap((outcome) =>
    outcome.status === "rejected" ? [outcome.reason as Error] : [],
  );
  if (failures.length === 0) return;
  const fault = failures.find((failure) => !(failure instanceof AgentError));
  if (fault) throw fault;
  throw rolloutEnded(
    failures,
    untouched.map(({ name }) => name),
  );
}
