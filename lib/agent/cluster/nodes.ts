import { nodeNotRegistered } from "./errors";
import { fields, flag, list, optional, text } from "../../base/shape";
import type { ApiObject, ObjectMetadata } from "./api-object";
import { isRefusal } from "./refusals";
import type { KubernetesApi } from "./api";
import { isSame } from "./content";
import { retry, waitFor } from "./retry";
import { objectWith, subnet } from "./shapes";

/** A taint in the API. Others may give it effects and fields that this library never sets. */
interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
  readonly timeAdded?: string;
}

/** The labels, taints and annotations that a rollout sets on a node. Its kubelet sets everything else. */
export interface NodeMarks {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The fields that are read of a Node object. */
export const NODE_OBJECT = objectWith(
  fields({
    spec: optional(
      fields({
        taints: optional(
          list(
            fields<Taint>({
              key: text,
              value: optional(text),
              effect: text,
              timeAdded: optional(text),
            }),
          ),
        ),
        unschedulable: optional(flag),
        podCIDRs: optional(list(subnet)),
      }),
    ),
    status: optional(
      fields({
        conditions: optional(
          list(
            fields({
              type: text,
              status: text,
              reason: optional(text),
              message: optional(text),
            }),
          ),
        ),
        addresses: optional(list(fields({ type: text, address: text }))),
      }),
    ),
  }),
);

export type Node = ReturnType<typeof NODE_OBJECT>;

const NODE = { apiVersion: "v1", kind: "Node" };
const nodeName = (name: string) => ({ ...NODE, name });

/** The annotation with the taints that we set (`key:effect`), because others write into the same field. */
const OUR_TAINTS = "cdktf-control-plane/taints";
/** Milliseconds in which a kubelet has to register its node. */
const REGISTRATION = 120_000;
/** Milliseconds for which a write is repeated while others change the node at the same time. */
const CONFLICTS = 30_000;

/** Waits for a node's kubelet to register it. */
export async function waitForNode(
  api: KubernetesApi,
  name: string,
  limit = REGISTRATION,
): Promise<Node> {
  const node = await waitFor(api.clock, limit, () =>
    api.get(nodeName(name), NODE_OBJECT),
  );
  if (!node) throw nodeNotRegistered(name, `${limit / 1000} s`);
  return node;
}

/** The names of all nodes that the cluster knows. */
export async function nodeNames(api: KubernetesApi): Promise<string[]> {
  const nodes = await api.list(NODE, {}, NODE_OBJECT);
  return nodes.map(({ metadata }) => metadata.name);
}

export function isReady({ status }: Node): boolean {
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  return ready?.status === "True";
}

/** Sets labels, annotations and taints of a node; waits until it is registered. Returns whether anything changed. */
export async function markNode(
  api: KubernetesApi,
  marks: NodeMarks,
): Promise<boolean> {
  const { name, labels, annotations } = marks;
  const before = await waitForNode(api, name);
  const { uid } = before.metadata;
  const after = await api.serverSideApply({
    ...NODE,
    // With its uid, a node that is deleted meanwhile is not created again.
    metadata: { name, uid, labels, annotations },
  });
  const isTainted = await taintNode(api, marks);
  return isTainted || !isSame(before, after);
}

/** Reads, merges and writes the taints. Repeats this if somebody else wrote in between. */
function taintNode(api: KubernetesApi, marks: NodeMarks): Promise<boolean> {
  const attempt = async () => {
    const node = await waitForNode(api, marks.name);
    const { resourceVersion, annotations } = node.metadata;
    const present = node.spec?.taints ?? [];
    const ours = annotations?.[OUR_TAINTS] ?? "";
    const taints = mergeTaints(present, ours.split(","), marks.taints);
    const wanted = marks.taints.map(identityOf).sort().join(",");
    if (sameTaints(present, taints) && wanted === ours) return false;
    await api.mergePatch(nodeName(marks.name), {
      metadata: {
        resourceVersion,
        annotations: { [OUR_TAINTS]: wanted || null },
      },
      spec: { taints },
    });
    return true;
  };
  return retry(attempt, {
    clock: api.clock,
    limit: CONFLICTS,
    isTemporary: (error) => isRefusal(error, 409),
  });
}

const identityOf = ({ key, effect }: Taint): string => `${key}:${effect}`;

/** The taints of others unchanged, and behind them ours as they are wanted now. */
function mergeTaints(
  present: readonly Taint[],
  ours: readonly string[],
  wanted: readonly Taint[],
): Taint[] {
  const replaced = new Set([...ours, ...wanted.map(identityOf)]);
  return [
    ...present.filter((taint) => !replaced.has(identityOf(taint))),
    ...wanted.map(
      (taint) =>
        // A present taint is kept, with the time that Kubernetes added.
        present.find(
          (each) =>
            identityOf(each) === identityOf(taint) &&
            (each.value ?? "") === (taint.value ?? ""),
        ) ?? taint,
    ),
  ];
}

const sameTaints = (some: readonly Taint[], others: readonly Taint[]) =>
  some.length === others.length && others.every((each) => some.includes(each));

/** Deletes a node, if it exists. */
export async function deleteNode(
  api: KubernetesApi,
  name: string,
): Promise<void> {
  await api.remove(nodeName(name));
}

/** The marks in an object of the kind Node. */
export function marksOf(object: ApiObject): NodeMarks {
  const { name, labels = {}, annotations } = object.metadata as ObjectMetadata;
  const { taints = [] } = (object as Node).spec ?? {};
  return { name, labels, taints, annotations };
}
