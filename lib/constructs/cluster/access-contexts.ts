import type { Construct } from "constructs";
import { PACKAGED_BINARIES } from "../../catalog/paths";
import type { Site } from "../../catalog/site";
import { Batch } from "../../terraform/batch";
import type { Rollout } from "../../terraform/rollout";
import type { Store } from "../../terraform/store";
import { NodeTree } from "../node/node-tree";

/** What a proxy on a node of a control plane is made with. */
export interface ProxyContext {
  readonly tree: NodeTree;
  readonly kubernetesDir: string;
  /** On the node. */
  readonly kubectl: string;
  /** Whether units are started on it. */
  readonly reached: boolean;
}

/** What a token of a service account needs of its cluster. */
export interface TokenContext {
  /** Comes after the rollout. */
  readonly batch: Batch;
  readonly clusterName: string;
  /** Whether the API servers are reached when it is deployed. */
  readonly reached: boolean;
}

export function proxyContext(
  { runtime, nodes, kubernetesDir }: Site,
  store: Store,
  node: string,
): ProxyContext {
  return {
    tree: NodeTree.of(store, node),
    kubernetesDir,
    kubectl:
      runtime.kind === "systemd"
        ? `${runtime.binaryDirectory}/kubectl`
        : PACKAGED_BINARIES.kubectl,
    reached:
      runtime.kind !== "processes" &&
      nodes.some(({ name, hosted }) => name === node && hosted),
  };
}

/** @param scope The control plane, whose tokens share one batch. */
export function tokenContext(
  scope: Construct,
  { clusterName, nodes }: Site,
  store: Store,
  rollout: Rollout,
): TokenContext {
  const known = scope.node.tryFindChild("tokens") as Batch | undefined;
  return {
    batch:
      known ??
      new Batch(scope, "tokens", {
        store,
        name: "tokens",
        title: "tokens",
        // What it is for may have been made anew.
        after: [rollout],
      }),
    clusterName,
    reached: nodes.some(({ hosted }) => hosted),
  };
}
