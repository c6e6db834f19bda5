import { posix } from "node:path";
import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type {
  BinaryRequest,
  NodeRequest,
  RolloutRequest,
} from "../request/request";
import {
  checkTrigger,
  hostInWords,
  isHosted,
  labelsInWords,
  labelsTrigger,
  nodeTrigger,
  taintsInWords,
  taintsTrigger,
} from "../request/node-triggers";
import { run } from "./agent";
import { stampPath } from "./artefact";
import type { Batch } from "./batch";
import { knownPart } from "./known";
import { quorumKept } from "./quorum";
import { Resource } from "./resource";
import type { Store } from "./store";
import { code, quote } from "./expression";
import { textTemplate } from "./template";
import { urlHost } from "./url-host";

export type { BinaryRequest, NodeRequest, RolloutRequest };

/** What a rollout is told, but for what every request says. */
export type RolloutPlan = Omit<
  RolloutRequest,
  "action" | "store" | "stack" | "afterwards"
>;

export interface RolloutProps {
  readonly store: Store;
  /** Asked for at synthesis, because a cluster grows until then. */
  readonly plan: () => RolloutPlan;
  /** What has to be in the store before. */
  readonly batches: readonly Batch[];
}

/** Brings nodes to their trees in the store: one process that sees them all. */
export class Rollout extends Resource {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: RolloutProps,
  ) {
    super(scope, id, props.store);
    this.addDependency(props.store.teardown);
  }

  override toTerraform(): Record<string, unknown> {
    const { store, plan } = this.props;
    if (store.waiting) this.addDependency(store.waiting);
    const { pool, etcd, nodes } = plan();
    if (!pool && etcd && nodes.some(isHosted))
      this.lifecycle = {
        precondition: [
          quorumKept(
            store,
            nodes.filter(hasEtcd).map(({ name }) => name),
          ),
        ],
      };
    return super.toTerraform();
  }

  get description() {
    const { store, plan } = this.props;
    const { afterwards } = store;
    const { clusterName, pool } = plan();
    const { value, unknown } = knownPart({
      ...plan(),
      ...(afterwards.length > 0 && { afterwards }),
    });
    const title = pool ? `${clusterName} ${pool.name}` : clusterName;
    return { kind: "rollout", title, request: value, unknown } as const;
  }

  /** Each on a line of its own, so that a plan says why a rollout runs. */
  protected override triggers() {
    const { store, plan, batches } = this.props;
    const { pool, pools, podNetwork, endpoint, kubernetesVersion, ...rest } =
      plan();
    const nodes = pool?.nodes ?? rest.nodes;
    const hosted = nodes.filter(isHosted);
    const names = Object.keys(pools);
    return {
      nodes: nodes.map(({ name }) => name).join(", "),
      endpoint,
      kubernetes_version: kubernetesVersion,
      ...(!pool && names.length > 0 && { pools: names.join(", ") }),
      ...(!pool &&
        store.afterwards.length > 0 && {
          afterwards: store.afterwards.join(", "),
        }),
      ...(podNetwork && hosted.length > 0 && { pod_network: podNetwork.kind }),
      ...Object.fromEntries(
        hosted.flatMap((node) => [
          [nodeTrigger(node.name), textTemplate(hostInWords(node, urlHost))],
          [checkTrigger(node.name), driftToken(store, node.name)],
          // The control plane's are among the cluster's objects.
          ...(pool ? marksOf(node) : []),
          // The same ones on all nodes.
          ...binariesOf(node),
        ]),
      ),
      ...Object.fromEntries(
        batches.map((batch) => [
          `batch ${batch.name}`,
          batch.replacement.toString(),
        ]),
      ),
    };
  }

  protected override run() {
    const { store, plan } = this.props;
    const stack = TerraformStack.of(this).node.id;
    const { afterwards } = store;
    return run(store, {
      ...plan(),
      ...(afterwards.length > 0 && { afterwards }),
      action: "rollout",
      store: store.location,
      stack,
    });
  }
}

const hasEtcd = ({ components }: NodeRequest): boolean =>
  components.some(({ name }) => name === "etcd");

/** What `cdktf-control-plane check` writes where a host is not as its tree; a rollout leaves it, so that the next plan is empty. */
const driftToken = (store: Store, node: string): string =>
  code`try(jsondecode(file(${quote(stampPath(store, `nodes/${node}`))})).token, "")`.toString();

const binariesOf = ({ binaries = [] }: NodeRequest): [string, string][] =>
  binaries.flatMap(({ path, source }): [string, string][] =>
    source ? [[`binary ${posix.basename(path)}`, source.sha256]] : [],
  );

const marksOf = (node: NodeRequest): [string, string][] =>
  [
    [labelsTrigger(node.name), labelsInWords(node)],
    [taintsTrigger(node.name), taintsInWords(node)],
  ]
    .filter(([, words]) => words !== "")
    .map(([line, words]): [string, string] => [line, textTemplate(words)]);
