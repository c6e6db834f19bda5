import {
  fields,
  flag,
  list,
  number,
  optional,
  record,
  text,
} from "../../base/shape";
import type { KubernetesApi } from "../cluster/api";
import { objectWith } from "../cluster/shapes";
import type {
  DeprecatedRequest,
  SeenBudget,
  SeenCluster,
  SeenDefinition,
  SeenNode,
  SeenProxy,
  SeenSetting,
} from "./seen";
import { gatesOfConfiguration } from "./settings";

/** The label that kubeadm, and this library, give a control-plane node. */
const CONTROL_PLANE = "node-role.kubernetes.io/control-plane";
/** The label of kube-proxy's pods, and the name of its ConfigMap. */
const PROXY_LABEL = "k8s-app=kube-proxy";
const PROXY_CONFIGURATION = {
  apiVersion: "v1",
  kind: "ConfigMap",
  namespace: "kube-system",
  name: "kube-proxy",
};

export const NODE = objectWith(
  fields({
    status: fields({
      conditions: optional(
        list(fields({ type: text, status: text, message: optional(text) })),
      ),
      nodeInfo: fields({
        kubeletVersion: text,
        containerRuntimeVersion: optional(text),
      }),
    }),
  }),
);

export const POD = objectWith(
  fields({
    spec: fields({
      nodeName: optional(text),
      containers: list(fields({ image: optional(text) })),
    }),
  }),
);

export const BUDGET = objectWith(
  fields({
    status: optional(
      fields({
        disruptionsAllowed: optional(number),
        expectedPods: optional(number),
      }),
    ),
  }),
);

export const DEFINITION = objectWith(
  fields({
    spec: fields({
      versions: list(fields({ name: text, storage: optional(flag) })),
    }),
    status: optional(fields({ storedVersions: optional(list(text)) })),
  }),
);

const CONFIG_MAP = objectWith(fields({ data: optional(record(text)) }));

export function seenNode({
  metadata: { name, labels = {} },
  status: { conditions = [], nodeInfo },
}: ReturnType<typeof NODE>): SeenNode {
  const ready = conditions.find(({ type }) => type === "Ready");
  return {
    name,
    isControlPlane: CONTROL_PLANE in labels,
    isReady: ready?.status === "True",
    ...(ready?.message && { reason: ready.message }),
    kubelet: nodeInfo.kubeletVersion,
    runtime: nodeInfo.containerRuntimeVersion ?? "",
  };
}

/** A Node object no longer tells the version of kube-proxy, so the tag of its image does. */
export function seenProxy({
  metadata: { namespace, name },
  spec: { nodeName = "", containers },
}: ReturnType<typeof POD>): SeenProxy {
  const [version] = containers.flatMap(
    ({ image = "" }) =>
      /kube-proxy[^/:@]*:(v\d+\.\d+\.\d+[^@]*)/.exec(image)?.[1] ?? [],
  );
  return {
    pod: `${namespace}/${name}`,
    node: nodeName,
    ...(version !== undefined && { version }),
  };
}

export const seenBudget = ({
  metadata: { namespace, name },
  status,
}: ReturnType<typeof BUDGET>): SeenBudget => ({
  name: `${namespace}/${name}`,
  allowed: status?.disruptionsAllowed ?? 0,
  pods: status?.expectedPods ?? 0,
});

export function seenDefinition({
  metadata: { name },
  spec: { versions },
  status,
}: ReturnType<typeof DEFINITION>): SeenDefinition {
  const storage = versions.find((version) => version.storage)?.name;
  return {
    name,
    versions: versions.map((version) => version.name),
    ...(storage !== undefined && { storage }),
    stored: status?.storedVersions ?? [],
  };
}

type ClusterObjects = Pick<
  SeenCluster,
  "nodes" | "proxies" | "budgets" | "definitions" | "settings"
>;

/** What the objects of the cluster tell. */
export async function readClusterObjects(
  api: KubernetesApi,
): Promise<ClusterObjects> {
  const [nodes, proxies, budgets, definitions, settings] = await Promise.all([
    api.list({ apiVersion: "v1", kind: "Node" }, {}, NODE),
    api.list(
      { apiVersion: "v1", kind: "Pod" },
      { labelSelector: PROXY_LABEL },
      POD,
    ),
    api.list(
      { apiVersion: "policy/v1", kind: "PodDisruptionBudget" },
      {},
      BUDGET,
    ),
    api.list(
      {
        apiVersion: "apiextensions.k8s.io/v1",
        kind: "CustomResourceDefinition",
      },
      {},
      DEFINITION,
    ),
    proxySettings(api),
  ]);
  return {
    nodes: nodes.map(seenNode),
    proxies: proxies.map(seenProxy),
    budgets: budgets.map(seenBudget),
    definitions: definitions.map(seenDefinition),
    settings,
  };
}

async function proxySettings(api: KubernetesApi): Promise<SeenSetting[]> {
  const map = await api.get(PROXY_CONFIGURATION, CONFIG_MAP);
  return gatesOfConfiguration(map?.data?.["config.conf"]).map((setting) => ({
    node: "ConfigMap kube-system/kube-proxy",
    component: "kube-proxy",
    ...setting,
  }));
}

const METRIC = /^apiserver_requested_deprecated_apis\{([^}]*)\} (\S+)/gm;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/**
 * The deprecated APIs in the metrics of an API server.
 * @see https://github.com/kubernetes/apiserver/blob/v0.36.3/pkg/endpoints/metrics/metrics.go
 */
export const deprecatedIn = (
  metrics: string,
  node: string,
): DeprecatedRequest[] =>
  [...metrics.matchAll(METRIC)].flatMap(([, labels, count]) => {
    if (Number(count) === 0) return [];
    const {
      group = "",
      version = "",
      resource = "",
      subresource,
      removed_release: removed,
    } = Object.fromEntries(
      [...labels.matchAll(LABEL)].map(([, name, value]) => [name, value]),
    ) as Readonly<Record<string, string | undefined>>;
    return [
      {
        node,
        apiVersion: group === "" ? version : `${group}/${version}`,
        resource: subresource ? `${resource}/${subresource}` : resource,
        ...(removed && { removed }),
      },
    ];
  });
