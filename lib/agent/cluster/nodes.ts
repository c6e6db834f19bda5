import { nodeNotRegistered } from "./errors";
import type { TaintRequest } from "../../request/request";
import {
  fields,
  flag,
  list,
  optional,
  type Shape,
  text,
} from "../../base/shape";
import type { ApiObject, ObjectMetadata } from "./api-object";
import { isRefusal } from "./refusals";
import type { KubernetesApi } from "./api";
import { isSame } from "./content";
import { retry, waitFor } from "./retry";
import { objectWith, subnet } from "./shapes";

export { cordon, drain, type DrainOptions } from "./drain";

export interface Node extends ApiObject {
  readonly spec?: {
    readonly taints?: readonly Taint[];
    readonly unschedulable?: boolean;
    readonly podCIDRs?: readonly string[];
  };
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
      readonly message?: string;
    }[];
    readonly addresses?: readonly {
      readonly type: string;
      readonly address: string;
    }[];
  };
}

type Taint = TaintRequest & { readonly timeAdded?: string };

/** What is to be said of a node; its kubelet says the rest. */
export interface NodeMarks {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly TaintRequest[];
  readonly annotations?: Readonly<Record<string, string>>;
}

/** As API servers describe it. */
export const NODE_OBJECT: Shape<Node> = objectWith(
  fields<Pick<Node, "spec" | "status">>({
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

const NODE = { apiVersion: "v1", kind: "Node" };
const nodeName = (name: string) => ({ ...NODE, name });

/** The taints that are ours, `key:effect`: the field is one, and others write into it as well. */
const OUR_TAINTS = "cdktf-control-plane/taints";
/** Milliseconds that a kubelet has to register its node, and others to leave its taints alone for a moment. */
const REGISTRATION = 120_000;
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

export function isReady({ status }: Node): boolean {
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  return ready?.status === "True";
}

/** Labels, annotations and taints of a node that is registered or about to be. Returns whether anything changed. */
export async function markNode(
  api: KubernetesApi,
  marks: NodeMarks,
): Promise<boolean> {
  const { name, labels, annotations } = marks;
  const before = await waitForNode(api, name);
  const { uid } = before.metadata;
  const after = await api.serverSideApply({
    ...NODE,
    // With its uid, a node that is deleted meanwhile isn't made again.
    metadata: { name, uid, labels, annotations },
  });
  const isTainted = await taintNode(api, marks);
  return isTainted || !isSame(before, after);
}

/** Reads, merges and writes; again where somebody else wrote in between. */
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
    passes: (error) => isRefusal(error, 409),
  });
}

const identityOf = ({ key, effect }: TaintRequest): string =>
  `${key}:${effect}`;

/** Those of others as they are, then ours as they are wanted now. */
function mergeTaints(
  present: readonly Taint[],
  ours: readonly string[],
  wanted: readonly TaintRequest[],
): Taint[] {
  const replaced = new Set([...ours, ...wanted.map(identityOf)]);
  return [
    ...present.filter((taint) => !replaced.has(identityOf(taint))),
    ...wanted.map(
      (taint) =>
        // As it is, with the time that Kubernetes noted.
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

/** One that isn't there is fine. */
export async function deleteNode(
  api: KubernetesApi,
  name: string,
): Promise<void> {
  await api.remove(nodeName(name));
}

/** The marks that an object of the kind Node describes. */
export function marksOf(object: ApiObject): NodeMarks {
  const { name, labels = {}, annotations } = object.metadata as ObjectMetadata;
  const { taints = [] } = (object as Node).spec ?? {};
  return { name, labels, taints, annotations };
}
