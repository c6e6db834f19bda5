import { KUBELET_FILES } from "../../catalog/kubelet";
import { SourceHeaders, readBinaryFacts } from "./preflight-binaries";
import { ensureImages } from "../hosts/images";
import {
  type Candidate,
  type ClusterToCheck,
  type Finding,
  findings,
  preflightError,
  preflightWarnings,
} from "../preflight/preflight";
import {
  type EndpointCandidate,
  endpointFindings,
  hasProxy,
  unrootedAuthority,
} from "../preflight/endpoint";
import { etcdPreflight } from "../preflight/etcd";
import { EtcdCluster } from "../etcd/read";
import { ENDPOINT_PROGRAMS } from "../../catalog/endpoint";
import { ETCD_BACKUP_UNITS } from "../../catalog/etcd-backup";
import { UNITS_DIR } from "../../catalog/paths";
import { readBackupFacts } from "../hosts/backup-facts";
import { type BackupCandidate, backupFindings } from "../preflight/etcd-backup";
import { readEndpointFacts } from "../hosts/endpoint-facts";
import { fields, flag, optional, text } from "../../base/shape";
import { PLUGINS } from "./pod-network-files";
import type { LiveCluster } from "./live-cluster";
import { hasEtcd, hasKubelet } from "../../request/roles";
import { hasChanges } from "./changes";
import type { HostResult, Session } from "./session";
import type { RolloutRequest, VirtualIpRequest } from "../../request/request";
import { readTreeYaml } from "./tree-yaml";
import { findingsBeforeUpgrade, stageOf } from "./upgrade";

/**
 * The preflight of a rollout: pulls images, sends binaries, and reports all findings at once, before anything is
 * changed on any host.
 */
export async function runPreflight(cluster: LiveCluster): Promise<void> {
  const found = await preflightFindings(cluster, { sends: true });
  for (const warning of preflightWarnings(found))
    cluster.session.work.say(warning);
  if (found.some(({ severity }) => severity === "error"))
    throw preflightError(found);
  const { session, request } = cluster;
  if (stageOf(request, session.inventory) === "begins")
    await session.saveInventory({
      ...session.inventory,
      upgradingTo: request.kubernetesVersion,
    });
}

/** Whether missing images and binaries are sent to the hosts, which allows further checks. */
interface PreflightOptions {
  readonly sends: boolean;
}

/** Examines every host. */
export async function preflightFindings(
  cluster: Pick<LiveCluster, "request" | "session" | "results">,
  options: PreflightOptions,
): Promise<Finding[]> {
  const { request, results, session } = cluster;
  const live = Object.values(session.inventory.nodes ?? {}).some(
    ({ member }) => member,
  );
  const sources = new SourceHeaders();
  const candidates = await Promise.all(
    results.map((each) => readCandidate(each, session, sources, options)),
  );
  const endpoint = await Promise.all(
    results.map((each) => readEndpointCandidate(each, request.virtualIp)),
  );
  const backup = await Promise.all(
    results.map((each) => readBackupCandidate(each, request.clusterName)),
  );
  return [
    ...findings(candidates, {
      kubernetesVersion: request.kubernetesVersion,
      kubelet: kubeletConfiguration(results, session),
      cniPlugins: request.podNetwork?.kind === "routed" ? PLUGINS : [],
      live,
      upgrades: stageOf(request, session.inventory) === "begins",
    }),
    ...(await findingsBeforeUpgrade(cluster)),
    ...endpointFindings(endpoint, request.virtualIp),
    ...backupFindings(backup),
    ...(live ? await readEtcd(request, results, session) : []),
  ];
}

/** What the members of a running etcd say, if this rollout is about them. */
async function readEtcd(
  { etcd, pool }: RolloutRequest,
  results: readonly HostResult[],
  { work }: Session,
): Promise<Finding[]> {
  const hosts = results.flatMap((each) =>
    "host" in each && hasEtcd(each.request)
      ? [{ ...each, name: each.request.name }]
      : [],
  );
  if (pool || !etcd || hosts.length === 0) return [];
  const state = await new EtcdCluster(hosts, etcd, work).state();
  return etcdPreflight(state, work.store.shown());
}

async function readCandidate(
  each: HostResult,
  session: Session,
  sources: SourceHeaders,
  { sends }: PreflightOptions,
): Promise<Candidate> {
  const { request } = each;
  const known = session.inventory.nodes?.[request.name];
  if ("failure" in each)
    return {
      request,
      facts: each.failure,
      delivered: known?.member === true || known?.tree !== undefined,
    };
  const { host, facts, node } = each;
  const { images, imageArchives, criSocket } = request;
  const { flaws } = node;
  const missingImages =
    !sends || request.retire || !hasChanges(node) || images.length === 0
      ? []
      : await ensureImages(host, {
          images,
          criSocket,
          archives: imageArchives,
          say: session.work.say,
          now: session.work.clock.now,
        });
  // If an unprivileged user can redirect a path, nothing is sent there and no program is run.
  const binaries =
    request.retire || flaws.length > 0
      ? []
      : await readBinaryFacts(each, sources, session.work, sends);
  return {
    request,
    facts,
    binaries,
    missingImages,
    foreign: node.comparison.foreign,
    flaws,
    delivered: node.comparison.wasDelivered,
    savesEtcd: node.comparison.state.delivered.includes(
      `${UNITS_DIR}/${ETCD_BACKUP_UNITS.timer}`,
    ),
  };
}

/** Reads what the preflight of the endpoint needs from a host on which a proxy runs. */
async function readEndpointCandidate(
  each: HostResult,
  virtualIp: VirtualIpRequest | undefined,
): Promise<EndpointCandidate> {
  const { request } = each;
  // If an unprivileged user can redirect a path, no program is run there.
  if ("failure" in each || !hasProxy(request) || each.node.flaws.length > 0)
    return { request, delivered: false };
  const { host, node } = each;
  return {
    request,
    facts: await readEndpointFacts(host, ENDPOINT_PROGRAMS, virtualIp),
    delivered: node.comparison.wasDelivered,
    unrooted: unrootedAuthority(node.props.tree),
  };
}

async function readBackupCandidate(
  each: HostResult,
  clusterName: string,
): Promise<BackupCandidate> {
  const { request } = each;
  const { backup } = request;
  if ("failure" in each || !backup || each.node.flaws.length > 0)
    return { request };
  return {
    request,
    facts: await readBackupFacts(each.host, backup, clusterName),
  };
}

const KUBELET = fields<ClusterToCheck["kubelet"]>({
  cgroupDriver: optional(text),
  failSwapOn: optional(flag),
  failCgroupV1: optional(flag),
});

/** The kubelet configuration, which is the same on all nodes. */
function kubeletConfiguration(
  results: readonly HostResult[],
  session: Session,
): ClusterToCheck["kubelet"] {
  const first = results.find(({ request }) => hasKubelet(request));
  const file = (first ? session.treeOf(first.request.name) : []).find(
    ({ path }) => path === KUBELET_FILES.configuration,
  );
  return file ? readTreeYaml(file, KUBELET) : {};
}
