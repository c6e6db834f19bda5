import type { Construct } from "constructs";
import { PACKAGED_BINARIES } from "../../catalog/paths";
import type { Site } from "../../catalog/site";
import { Batch } from "../../terraform/batch";
import type { Rollout } from "../../terraform/rollout";
import type { Store } from "../../terraform/store";
import { NodeTree } from "../node/node-tree";
import type { KeyPair } from "../pki/key-pair";

/** What a proxy on a control-plane node needs to know about the node. */
export interface ProxyContext {
  readonly tree: NodeTree;
  readonly kubernetesDir: string;
  /** The path of kubectl on the node. */
  readonly kubectl: string;
  /** Whether units can be started on the node. */
  readonly reached: boolean;
}

/** What a service account token needs to know about its cluster. */
export interface TokenContext {
  /** The batch that makes the tokens. It runs after the rollout. */
  readonly batch: Batch;
  readonly clusterName: string;
  /** Whether the deploy reaches the API servers. */
  readonly reached: boolean;
  /** The key pair that signs the tokens, if it is not the first one. */
  readonly keyPair?: KeyPair;
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
  keyPair: KeyPair | undefined,
): TokenContext {
  const known = scope.node.tryFindChild("tokens") as Batch | undefined;
  return {
    batch:
      known ??
      new Batch(scope, "tokens", {
        store,
        name: "tokens",
        title: "tokens",
        // The rollout may have created the service accounts again, which invalidates their tokens.
        after: [rollout],
      }),
    clusterName,
    reached: nodes.some(({ hosted }) => hosted),
    ...(keyPair?.isLater && { keyPair }),
  };
}
