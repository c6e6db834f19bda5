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
import { endpointFindings } from "../preflight/endpoint";
import { fromYaml } from "../../base/yaml";
import { readEndpointCandidate } from "./preflight-endpoint";
import { PLUGINS } from "./pod-network-files";
import type { LiveCluster } from "./live-cluster";
import { hasKubelet } from "../../request/roles";
import type { HostResult, Session } from "./session";

/**
 * The preflight of a rollout: pulls images, sends binaries, and reports all findings at once, before anything is
 * changed on any host.
 */
export async function runPreflight(cluster: LiveCluster): Promise<void> {
  const found = await preflightFindings(cluster, { brings: true });
  for (const warning of preflightWarnings(found))
    cluster.session.work.say(warning);
  if (found.some(({ severity }) => severity === "error"))
    throw preflightError(found);
}

/** Whether missing images and binaries are sent to the hosts, which allows further checks. */
interface PreflightOptions {
  readonly brings: boolean;
}

/** Examines every host. */
export async function preflightFindings(
  {
    request,
    reached,
    session,
  }: Pick<LiveCluster, "request" | "session" | "reached">,
  options: PreflightOptions,
): Promise<Finding[]> {
  const live = Object.values(session.inventory.nodes ?? {}).some(
    ({ member }) => member,
  );
  const sources = new SourceHeaders();
  const candidates = await Promise.all(
    reached.map((each) => readCandidate(each, session, sources, options)),
  );
  const endpoint = await Promise.all(
    reached.map((each) => readEndpointCandidate(each, request.virtualIp)),
  );
  return [
    ...findings(candidates, {
      kubernetesVersion: request.kubernetesVersion,
      kubelet: kubeletConfiguration(reached, session),
      cniPlugins: request.podNetwork ? PLUGINS : [],
      live,
    }),
    ...endpointFindings(endpoint, request.virtualIp),
  ];
}

async function readCandidate(
  each: HostResult,
  session: Session,
  sources: SourceHeaders,
  { brings }: PreflightOptions,
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
    !brings || request.retire || !node.differs || images.length === 0
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
      : await readBinaryFacts(each, sources, session.work, brings);
  return {
    request,
    facts,
    binaries,
    missingImages,
    foreign: node.foreign,
    flaws,
    delivered: node.wasDelivered,
  };
}

/** The kubelet configuration, which is the same on all nodes. */
function kubeletConfiguration(
  reached: readonly HostResult[],
  session: Session,
): ClusterToCheck["kubelet"] {
  const first = reached.find(({ request }) => hasKubelet(request));
  const file = (first ? session.treeOf(first.request.name) : []).find(
    ({ path }) => path === KUBELET_FILES.configuration,
  );
  return file
    ? (fromYaml(file.content.toString()) as ClusterToCheck["kubelet"])
    : {};
}
