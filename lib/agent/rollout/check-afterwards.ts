import type { Work } from "../../store/work";
import { reviewToken } from "../cluster/account-tokens";
import type { KubernetesApi } from "../cluster/api";
import { AgentError } from "../../base/errors";
import { processName, proxyRuns } from "../processes/proxy";
import type { Stamp } from "../../request/artefact";
import { readClaims } from "../../pki/token-claims";
import { noDrift, type NodeDrift } from "../../request/drift";
import { ReachedCluster } from "../cluster/reached";

export interface ArtefactDrift {
  /** Path in the store. */
  readonly path: string;
  readonly drift: NodeDrift;
}

/**
 * Drift of artefacts that are made after a rollout and that no plan can see: proxies that ended, and tokens that the
 * API servers refuse.
 */
export async function checkAfterwards(work: Work): Promise<ArtefactDrift[]> {
  const cluster = new ReachedCluster({ ...work, say: () => undefined });
  const stamps = [...work.store.stamps()];
  try {
    const found = await Promise.all(
      stamps.map(async ([path, stamp]): Promise<ArtefactDrift[]> => {
        const drift = await driftOf(path, stamp, work, cluster);
        const name = path.replace(/\.\w+$/, "");
        return drift ? [{ path, drift: { ...noDrift(name), ...drift } }] : [];
      }),
    );
    return found.flat();
  } finally {
    await cluster.close();
  }
}

/** `undefined` for artefacts whose drift a plan can see. */
async function driftOf(
  path: string,
  { kind }: Stamp,
  { store }: Work,
  cluster: ReachedCluster,
): Promise<Partial<NodeDrift> | undefined> {
  if (kind === "api-proxy")
    return (await proxyRuns(path, store)) ? {} : { ended: [processName(path)] };
  const token = store.read(path)?.toString();
  if (kind !== "service-account-token" || token === undefined) return undefined;
  try {
    const accepted = await isAccepted(await cluster.api(), token);
    return accepted ? {} : { refused: ["the token"] };
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
    // The checks of the nodes report why the cluster is not reached.
    return undefined;
  }
}

/**
 * Whether the API servers accept a token. They cache accepted tokens for some seconds, so the service account is looked
 * up too.
 */
async function isAccepted(api: KubernetesApi, token: string): Promise<boolean> {
  const { subject = "", audiences = [], accountUid } = readClaims(token) ?? {};
  const [, , namespace, name] = subject.split(":");
  const account = await api.get({
    apiVersion: "v1",
    kind: "ServiceAccount",
    namespace,
    name,
  });
  return (
    account?.metadata.uid === accountUid &&
    reviewToken(api, token, audiences.length > 0 ? audiences : undefined)
  );
}
