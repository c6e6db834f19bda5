import { StatusError, UnreachableError } from "./errors";
import { fields, optional, text } from "../../base/shape";
import { isRefusal } from "./refusals";
import type { KubernetesApi } from "./api";
import { CONNECTIONS } from "./https";
import { inParallel } from "./retry";
import { objectWith } from "./shapes";

export interface DrainOptions {
  /** Seconds after which the remaining pods are left on the node. */
  readonly timeout: number;
  readonly say: (line: string) => void;
}

const POD = objectWith(
  fields({ status: optional(fields({ phase: optional(text) })) }),
);

type Pod = ReturnType<typeof POD>;

/** Milliseconds between two attempts to evict the remaining pods. */
const INTERVAL = 500;

/**
 * Cordons a node and evicts its pods. Returns the names of the pods that are still on the node when the time is over.
 */
export async function drain(
  api: KubernetesApi,
  name: string,
  { timeout, say }: DrainOptions,
): Promise<string[]> {
  const { clock } = api;
  const end = clock.now() + timeout * 1000;
  if (!(await cordon(api, name))) return [];
  const said = new Set<string>();
  const sayOnce = (line: string) => {
    if (!said.has(line)) say(`${name}: ${line}`);
    said.add(line);
  };
  for (;;) {
    const pods = await podsToMove(api, name);
    if (pods.length === 0) {
      say(`${name}: drained`);
      return [];
    }
    sayOnce("moving its pods elsewhere");
    if (clock.now() >= end) {
      const left = pods.map(titleOf).sort();
      say(
        `${name}: after ${timeout} s these pods are still there: ${left.join(", ")}`,
      );
      return left;
    }
    const staying = pods.filter(({ metadata }) => !metadata.deletionTimestamp);
    await inParallel(staying, CONNECTIONS, async (pod) => {
      const reason = await refusalToEvict(api, pod);
      if (reason) sayOnce(`${titleOf(pod)} cannot be evicted yet: ${reason}`);
    });
    await clock.pause(INTERVAL);
  }
}

/** Prevents new pods from being scheduled on a node. Returns whether the node exists. */
export const cordon = (api: KubernetesApi, name: string): Promise<boolean> =>
  setSchedulable(api, name, false);

/** Lets new pods be scheduled on a node again. */
export const uncordon = (api: KubernetesApi, name: string): Promise<boolean> =>
  setSchedulable(api, name, true);

async function setSchedulable(
  api: KubernetesApi,
  name: string,
  schedulable: boolean,
): Promise<boolean> {
  try {
    await api.mergePatch(
      { apiVersion: "v1", kind: "Node", name },
      { spec: { unschedulable: schedulable ? null : true } },
    );
    return true;
  } catch (error) {
    if (isRefusal(error, 404)) return false;
    throw error;
  }
}

/** The pods of a node, without those that would be back at once (static pods, DaemonSets) or have ended. */
async function podsToMove(api: KubernetesApi, name: string): Promise<Pod[]> {
  const pods = await api.list(
    { apiVersion: "v1", kind: "Pod" },
    { fieldSelector: `spec.nodeName=${name}` },
    POD,
  );
  return pods.filter(
    ({ metadata, status }) =>
      !("kubernetes.io/config.mirror" in (metadata.annotations ?? {})) &&
      !metadata.ownerReferences?.some(
        ({ kind, controller }) => controller && kind === "DaemonSet",
      ) &&
      !["Succeeded", "Failed"].includes(status?.phase ?? ""),
  );
}

/** Evicts a pod. Returns the reason of a refusal, which may pass: a disruption budget may allow the eviction later. */
async function refusalToEvict(
  api: KubernetesApi,
  pod: Pod,
): Promise<string | undefined> {
  try {
    await api.evict(pod);
    return undefined;
  } catch (error) {
    if (error instanceof StatusError) return error.refusal.said;
    if (error instanceof UnreachableError) return undefined;
    throw error;
  }
}

const titleOf = ({ metadata: { namespace, name } }: Pod): string =>
  `${namespace}/${name}`;
