import type { Work } from "../../store/work";
import { reviewToken } from "../cluster/account-tokens";
import type { KubernetesApi } from "../cluster/api";
import { AgentError } from "../../base/errors";
import { processName, proxyRuns } from "../processes/proxy";
import type { Stamp } from "../../request/artefact";
import { readClaims } from "../../pki/token-claims";
import type { NodeDrift } from "../../request/drift";
import { ReachedCluster } from "../cluster/reached";

export interface LaterDrift {
  /** In the store. */
  readonly path: string;
  readonly drift: NodeDrift;
}

/**
 * What is made after a rollout and is not as it should be, as no plan can see it: proxies that ended, tokens that are
 * refused.
 */
export async function checkAfterwards(work: Work): Promise<LaterDrift[]> {
  const cluster = new ReachedCluster({ ...work, say: () => undefined });
  const stamps = [...work.store.stamps()];
  try {
    const found = await Promise.all(
      stamps.map(async ([path, stamp]): Promise<LaterDrift[]> => {
        const drift = await driftOf(path, stamp, work, cluster);
        return drift
          ? [{ path, drift: { ...asItShouldBe(path), ...drift } }]
          : [];
      }),
    );
    return found.flat();
  } finally {
    await cluster.close();
  }
}

const asItShouldBe = (path: string): NodeDrift => ({
  node: path.replace(/\.\w+$/, ""),
  changed: [],
  missing: [],
  unlisted: [],
  unhealthy: [],
  outdated: [],
});

/** `undefined` for what a plan sees by itself. */
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
    const isTaken = await isTakenBy(await cluster.api(), token);
    return isTaken ? {} : { refused: ["the token"] };
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
    // Why the cluster isn't reached its nodes say.
    return undefined;
  }
}

/** API servers remember for some seconds whom they took: the account of a token may be gone by then. */
async function isTakenBy(api: KubernetesApi, token: string): Promise<boolean> {
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
