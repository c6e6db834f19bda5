import { parseKubernetesVersion } from "../catalog/versions";
import type { NodeRequest, UpgradeCheckRequest } from "../request/request";
import { hasApiServer, hasEtcd, hasKubelet } from "../request/roles";
import { checkedNodes, type Inventory, isWorker } from "../store/inventory";
import type { Work } from "../store/work";
import { etcdPlace } from "./etcd/place";
import { thisMachine } from "./hosts/local";
import { readBinaries } from "./hosts/binary-facts";
import { ensureImages, type MissingImage, missingImages } from "./hosts/images";
import { kubernetesVersionIn } from "./hosts/program-version";
import { nameOf } from "./preflight/binaries";
import { nothingToUpgrade } from "./rollout/errors-upgrade";
import { seenHost } from "./rollout/seen-hosts";
import { type HostResult, type ReachedHost, Session } from "./rollout/session";
import { runningReleases } from "./rollout/upgrade";
import { upgradeFindings } from "./upgrade/findings";
import { hasRoomForImages } from "./upgrade/findings-hosts";
import { imagesAfter } from "./upgrade/images";
import type { ReachedNode } from "./upgrade/members";
import { seeCluster } from "./upgrade/read";
import type { UpgradeReport } from "./upgrade/report";
import type { SeenHost } from "./upgrade/seen";
import { etcdAfter, targetOf } from "./upgrade/target";
import { runsProcesses } from "../request/roles";

/**
 * Asks the cluster of a store all that an upgrade depends on, before the program changes. It changes nothing but that it
 * pulls images, which the upgrade needs anyway, because only a pull shows that they can be had.
 */
export async function runUpgradeCheck(
  { to, program }: UpgradeCheckRequest,
  work: Work,
): Promise<UpgradeReport> {
  const inventory = work.store.inventory();
  const hosted = checkedNodes(inventory);
  const ofPool = (node: NodeRequest): boolean => isWorker(inventory, node);
  const nodes = hosted.filter(
    (node) => !ofPool(node) && (hasApiServer(node) || hasEtcd(node)),
  );
  const workers = hosted.filter(ofPool);
  if (inventory === undefined || nodes.length === 0)
    throw nothingToUpgrade(work.store.shown());
  const present = presentRelease(inventory);
  const session = new Session({ ...work, say: () => undefined }, inventory, {
    readOnly: true,
  });
  try {
    const local = nodes.filter(runsProcesses);
    const etcd = etcdPlace(inventory, nodes)?.etcd;
    const results = await session.readHosts(
      [...nodes, ...workers].filter((node) => !local.includes(node)),
      { etcd, keeps: [] },
    );
    const reached: ReachedNode[] = [
      ...local.map((request) => ({ request, host: thisMachine(request.name) })),
      ...results.flatMap((each) =>
        "host" in each && !ofPool(each.request) ? [each] : [],
      ),
    ];
    const kubernetes = targetOf({ present, to, program });
    if (kubernetes === undefined)
      return { from: present, findings: [], unasked: [] };
    const seen = await seeCluster({
      connections: session,
      nodes: reached,
      unreached: results.flatMap((each) =>
        "host" in each || ofPool(each.request) ? [] : [each.request],
      ),
      workers,
      hosts: await Promise.all(
        results.map((each) => hostBefore(each, session, kubernetes)),
      ),
      etcd,
    });
    return {
      from:
        oldestOf(seen.apiServers.flatMap(({ release = [] }) => release)) ??
        present,
      to: kubernetes,
      findings: upgradeFindings(seen, {
        kubernetes,
        etcd: etcdAfter(
          oldestOf(seen.members.flatMap(({ version = [] }) => version)),
          present,
          kubernetes,
        ),
      }),
      unasked: seen.unasked,
    };
  } finally {
    await session.close();
  }
}

/** The release that the cluster runs. A rollout that has only begun may have recorded a newer one for the whole cluster. */
const presentRelease = (inventory: Inventory): string =>
  (
    oldestOf(runningReleases(inventory)) ??
    inventory.kubernetesVersion ??
    ""
  ).replace(/^v?/, "v");

const oldestOf = (releases: readonly string[]): string | undefined =>
  [...releases].sort((one, other) =>
    one.localeCompare(other, "en", { numeric: true }),
  )[0];

async function hostBefore(
  result: HostResult,
  session: Session,
  kubernetes: string,
): Promise<SeenHost> {
  if (!("host" in result)) return seenHost(result, session);
  const [host, kubeProxy] = await Promise.all([
    hostWithImages(result, session, kubernetes),
    usersKubeProxy(result),
  ]);
  return { ...host, ...(kubeProxy !== undefined && { kubeProxy }) };
}

/** A host with the images that it lacks. They are pulled only if there is room for them. */
async function hostWithImages(
  result: ReachedHost,
  session: Session,
  kubernetes: string,
): Promise<SeenHost> {
  const wanted = parseKubernetesVersion(kubernetes);
  const { request, host } = result;
  if (wanted === undefined || !hasKubelet(request))
    return seenHost(result, session);
  const { criSocket, imageArchives } = request;
  const images = imagesAfter(
    request.images,
    presentRelease(session.inventory),
    wanted,
  );
  const lacking = await missingImages(host, { images, criSocket });
  const unpulled: MissingImage[] = lacking.map((image) => ({
    image,
    reason: "it is not in the container runtime yet",
  }));
  const before = seenHost(result, session, unpulled);
  if (lacking.length === 0 || imageArchives.length > 0) return before;
  if (!hasRoomForImages(before)) return { ...before, missingImages: [] };
  return seenHost(
    result,
    session,
    await ensureImages(host, {
      images: lacking,
      archives: [],
      criSocket,
      say: () => undefined,
      now: session.work.clock.now,
    }),
  );
}

/**
 * The release of kube-proxy's program, if a unit runs it and the deploy does not bring it. Otherwise its image tells, or it
 * changes with the node.
 */
async function usersKubeProxy({
  request: { binaries = [] },
  host,
}: ReachedHost): Promise<string | undefined> {
  const own = binaries.filter(
    ({ path, source }) => !source && nameOf(path) === "kube-proxy",
  );
  if (own.length === 0) return undefined;
  const [{ versionOutput }] = await readBinaries(host, own, [], () => true);
  return versionOutput && kubernetesVersionIn(versionOutput);
}
