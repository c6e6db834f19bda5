import { KUBELET_FILES } from "../../catalog/kubelet";
import { Sources, bringBinaries } from "./before-binaries";
import { ensureImages } from "../hosts/images";
import {
  type Candidate,
  type ClusterFacts,
  findings,
  preflightError,
  preflightWarnings,
} from "../preflight/preflight";
import { endpointFindings } from "../preflight/endpoint";
import { fromYaml } from "../../base/yaml";
import { readEndpointCandidate } from "./before-endpoint";
import { PLUGINS } from "./pod-network-files";
import type { LiveCluster } from "./live-cluster";
import { hasKubelet } from "./roles";
import type { Reached, Session } from "./session";
import { treeFile } from "./tree";

/** Looks at every host, and fetches images, before anything is changed on any; all that is found is told together. */
export async function checkBefore({
  request,
  reached,
  session,
}: LiveCluster): Promise<void> {
  const { say } = session.work;
  const live = Object.values(session.inventory.nodes ?? {}).some(
    ({ member }) => member,
  );
  const sources = new Sources();
  const candidates = await Promise.all(
    reached.map((each) => candidate(each, session, sources)),
  );
  const endpoint = await Promise.all(
    reached.map((each) => readEndpointCandidate(each, request.virtualIp)),
  );
  const found = [
    ...findings(candidates, {
      kubernetesVersion: request.kubernetesVersion,
      kubelet: kubeletFacts(reached, session),
      cniPlugins: request.podNetwork ? PLUGINS : [],
      live,
    }),
    ...endpointFindings(endpoint, request.virtualIp),
  ];
  for (const warning of preflightWarnings(found)) say(warning);
  if (found.some(({ severity }) => severity === "error"))
    throw preflightError(found);
}

async function candidate(
  each: Reached,
  session: Session,
  sources: Sources,
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
    request.retire || !node.differs || images.length === 0
      ? []
      : await ensureImages(host, {
          ...{ images, criSocket },
          archives: imageArchives,
          say: session.work.say,
        });
  // Where others can lead root elsewhere nothing is sent, and no program is run.
  const binaries =
    request.retire || flaws.length > 0
      ? []
      : await bringBinaries(each, sources, session.work.say);
  return {
    ...{ request, facts, binaries, missingImages },
    ...{ strangers: node.strangers, flaws },
    delivered: node.wasDelivered,
  };
}

/** What the kubelets are told: the same on all of them. */
function kubeletFacts(
  reached: readonly Reached[],
  { work }: Session,
): ClusterFacts["kubelet"] {
  const first = reached.find(({ request }) => hasKubelet(request));
  const text =
    first &&
    treeFile(work.store, first.request.name, KUBELET_FILES.configuration);
  return text ? (fromYaml(text.toString()) as ClusterFacts["kubelet"]) : {};
}
