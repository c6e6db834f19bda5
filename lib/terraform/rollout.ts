import { posix } from "node:path";
import type { Construct } from "constructs";
import type {
  NodeRequest,
  RestoreRequest,
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
import { hasEtcd, runsProcesses } from "../request/roles";
import { run } from "./agent";
import { checkToken } from "./artefact";
import type { Batch } from "./batch";
import { encryptionPath } from "./encryption-path";
import { factsKept, type KeptFacts } from "./facts-kept";
import { generationsKept } from "./generations-kept";
import { knownPart } from "./known";
import { quorumKept } from "./quorum";
import { type Description, Resource } from "./resource";
import type { Store } from "./store";
import { textTemplate } from "./template";
import { upgradePath } from "./upgrade-path";
import { urlHost } from "./url-host";

/** A rollout's request, without the fields that this file adds. */
export type RolloutPlan = Omit<
  RolloutRequest,
  "action" | "store" | "stack" | "afterwards"
>;

export interface RolloutProps {
  readonly store: Store;
  /** Is called at synthesis, because a cluster may grow until then. */
  readonly plan: () => RolloutPlan;
  /** The batches whose files must be in the store before. */
  readonly batches: readonly Batch[];
  /** What a plan must not change. Absent for a pool: the rollout of its control plane has it. */
  readonly kept?: () => Omit<KeptFacts, "facts">;
}

/** Makes all hosts match their node trees, in one process that sees all of them. */
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
    const { store, plan, kept } = this.props;
    if (store.waiting) this.addDependency(store.waiting);
    const { pool, etcd, nodes, facts, kubernetesVersion } = plan();
    const { generations, encryption } = plan();
    const conditions = [
      ...(kept && facts
        ? [
            ...factsKept(store, { ...kept(), facts }),
            ...upgradePath(store, {
              kubernetes: kubernetesVersion,
              etcd: nodes.some(runsProcesses) ? undefined : etcd?.version,
            }),
            generationsKept(store, generations),
          ]
        : []),
      ...(!pool && encryption ? [encryptionPath(store, encryption)] : []),
      ...(!pool && etcd && nodes.some(isOnHost)
        ? [quorumKept(store, nodes.filter(hasEtcd))]
        : []),
    ];
    for (const condition of conditions) this.addPrecondition(condition);
    return super.toTerraform();
  }

  get description(): Description {
    const { store, plan } = this.props;
    const { afterwards } = store;
    const { clusterName, pool } = plan();
    const { value, unknown } = knownPart({
      ...plan(),
      ...(afterwards.length > 0 && { afterwards }),
    });
    const title = pool ? `${clusterName} ${pool.name}` : clusterName;
    return { kind: "rollout", title, request: value, unknown };
  }

  /** Each trigger is a separate line in a plan, so that the plan shows why a rollout runs. */
  protected override triggers(): Readonly<Record<string, string>> {
    const { store, plan, batches } = this.props;
    const { pool, pools, podNetwork, endpoint, restore, ...rest } = plan();
    const { kubernetesVersion } = rest;
    const nodes = pool?.nodes ?? rest.nodes;
    const hosted = nodes.filter(isHosted);
    const names = Object.keys(pools);
    return {
      nodes: nodes.map(({ name }) => name).join(", "),
      endpoint,
      kubernetes_version: kubernetesVersion,
      ...(!pool && restore && { restore: restoreInWords(restore) }),
      ...(!pool && names.length > 0 && { pools: names.join(", ") }),
      ...(!pool &&
        store.afterwards.length > 0 && {
          afterwards: store.afterwards.join(", "),
        }),
      ...(podNetwork && hosted.length > 0 && { pod_network: podNetwork.kind }),
      ...Object.fromEntries(
        hosted.flatMap((node) => [
          [nodeTrigger(node.name), textTemplate(hostInWords(node, urlHost))],
          [checkTrigger(node.name), checkToken(store, `nodes/${node.name}`)],
          // The labels and taints of control-plane nodes are applied with the cluster objects.
          ...(pool ? labelsAndTaintsOf(node) : []),
          // All nodes have the same binaries, so these triggers do not name the node.
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
    const { afterwards } = store;
    return run(this, store, {
      ...plan(),
      ...(afterwards.length > 0 && { afterwards }),
      action: "rollout",
    });
  }
}

const restoreInWords = ({ revision, created }: RestoreRequest): string =>
  `etcd to revision ${revision} of ${created}: what was written later is lost`;

/** A local control plane has one etcd, on this machine, and so no quorum that a plan could cost. */
const isOnHost = (node: NodeRequest): boolean =>
  isHosted(node) && !runsProcesses(node);

const binariesOf = ({ binaries = [] }: NodeRequest): [string, string][] =>
  binaries.flatMap(({ path, source }): [string, string][] =>
    source ? [[`binary ${posix.basename(path)}`, source.sha256]] : [],
  );

const labelsAndTaintsOf = (node: NodeRequest): [string, string][] =>
  [
    [labelsTrigger(node.name), labelsInWords(node)],
    [taintsTrigger(node.name), taintsInWords(node)],
  ]
    .filter(([, words]) => words !== "")
    .map(([line, words]): [string, string] => [line, textTemplate(words)]);
