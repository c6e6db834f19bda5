import { Construct } from "constructs";
import type { Site, SiteNode } from "../../catalog/site";
import { withDefaults } from "../../render/defaults";
import { workerNodeRequest } from "../../render/node-components";
import type { NodeRequest } from "../../request/request";
import { Access } from "../../terraform/access";
import { check, checkTokens } from "../../terraform/requirement";
import { Rollout, type RolloutPlan } from "../../terraform/rollout";
import type { Store } from "../../terraform/store";
import type { ClusterAuthorities } from "../pki/cluster-authorities";
import type { ImagesProps } from "../site/cluster-props";
import { validateConfig } from "../data";
import { Duration, LONGEST_WAIT } from "../duration";
import { validateVirtualIpIsFree } from "../site/endpoint-validation";
import { reservedName } from "../errors";
import { validateNetworks } from "../site/network-validation";
import {
  unknownWorker,
  unreachableControlPlane,
  workersWithoutCaKey,
} from "../site/node-errors";
import type { MachineProps } from "../site/node-props";
import {
  type Deliveries,
  maxUnavailableOf,
  nodeRequest,
} from "../node/node-request";
import { NodeTree } from "../node/node-tree";
import {
  machineRequirements,
  nodeRequirements,
  validateAccess,
  validateFiles,
  validateMachines,
  validateNode,
} from "../site/node-validation";
import { kubeletFlagSet, nodeFlagSet, poolFlagGroups } from "../site/flags";
import { warnOfGroups } from "../site/hardening-warnings";
import { nodeOf } from "../site/site";
import {
  addWarnings,
  expressionWarnings,
  labelWarnings,
} from "../site/site-warnings";
import { flagRequirements, validateFlags } from "../site/flag-validation";
import { Worker } from "../node/worker";
import type { WorkerPoolProps, WorkerProps } from "../site/worker-props";
import { etcdNodes, isDedicated } from "../../catalog/etcd";

/** The ids of its own child constructs. Workers are children too, so they cannot have these names. */
const RESERVED: readonly string[] = ["rollout"];

/** The cluster that a pool belongs to. @internal */
export interface WorkerPoolCluster {
  readonly store: Store;
  readonly site: Site;
  readonly authorities: ClusterAuthorities;
  readonly renewBefore?: Duration;
  readonly images?: ImagesProps;
  /** The directory on this machine from which binaries are delivered. */
  readonly binaries?: string;
  /** Flags for which no warning is given. */
  readonly acceptedFlags?: readonly string[];
  /** All machines of the cluster that are not in this pool. */
  readonly machines: readonly MachineProps[];
  /** The plan of the control plane's rollout, computed at synthesis. */
  readonly plan: () => RolloutPlan;
  /** The rollouts that must come before the pool's rollout. */
  readonly after: readonly Rollout[];
}

/** Workers that are configured alike, with one rollout for all of them. */
export class WorkerPool extends Construct {
  /** @internal */
  readonly rollout: Rollout;
  /** The workers, with the labels and taints of the pool applied. @internal */
  readonly machines: readonly WorkerProps[];
  /** @internal */
  readonly requests: readonly NodeRequest[];
  private readonly workers = new Map<string, Worker>();

  /** @internal */
  constructor(
    scope: Construct,
    /** Its name in the cluster. */
    readonly name: string,
    private readonly cluster: WorkerPoolCluster,
    props: WorkerPoolProps,
  ) {
    super(scope, name);
    const { store, authorities, renewBefore } = cluster;
    const site = siteOfPool(cluster.site, props);
    this.machines = props.nodes.map((node) => ({
      ...node,
      labels: { ...props.labels, ...node.labels },
      taints: node.taints ?? props.taints ?? [],
    }));
    const nodes = this.machines.map((node) =>
      nodeOf(node, site.serviceSubnets),
    );
    const poolFlagSet = kubeletFlagSet(
      `kubelet.extraArgs of the worker pool ${name}`,
      site.kubelet.extraArgs,
    );
    validateFlags(site, poolFlagSet);
    nodes.forEach((node, i) => {
      validateNode(node);
      validateFlags(site, nodeFlagSet(node));
      const requirements = [
        ...nodeRequirements(site, node),
        ...machineRequirements(this.machines[i]),
        ...flagRequirements(site, poolFlagSet),
        ...flagRequirements(site, nodeFlagSet(node)),
      ];
      check(requirements);
      // Without a host, files of the store may be in the user data of the machine that has the address.
      checkTokens(
        requirements,
        node.hosted ? store.teardown : NodeTree.of(store, node.name).batch,
      );
    });
    this.validate(site, nodes);
    const flagSets = [poolFlagSet, ...nodes.map(nodeFlagSet)];
    addWarnings(this, flagSets.flatMap(expressionWarnings));
    warnOfGroups(
      this,
      site,
      poolFlagGroups(cluster.site, site, props.kubelet ?? {}, nodes),
      cluster.acceptedFlags,
    );
    const maxUnavailable = maxUnavailableOf(
      props.maxUnavailable,
      `the worker pool ${name}`,
    );
    const deliveries: Deliveries = {
      images: props.images ?? cluster.images,
      binaries: cluster.binaries,
      version: site.version,
    };
    this.requests = nodes.map((node, i) =>
      nodeRequest(
        this,
        workerNodeRequest(site, node),
        this.machines[i],
        deliveries,
      ),
    );
    const { drainTimeout = Duration.minutes(5) } = props;
    drainTimeout.requireWithin(
      `drainTimeout of the worker pool ${name}`,
      Duration.ZERO,
      LONGEST_WAIT,
    );

    addWarnings(this, labelWarnings(site, nodes));
    nodes.forEach((node, i) => {
      const { files = [] } = this.machines[i];
      const context = { store, site, node, files, authorities, renewBefore };
      const worker = new Worker(this, node.name, context);
      this.workers.set(node.name, worker);
      if (node.hosted)
        new Access(worker, "access", {
          store,
          access: this.requests[i].access,
        });
    });
    this.rollout = new Rollout(this, "rollout", {
      store,
      plan: () => ({
        ...cluster.plan(),
        pool: {
          name,
          nodes: this.requests,
          drainTimeout: drainTimeout.toSeconds(),
        },
        maxUnavailable,
      }),
      batches: nodes.map((node) => NodeTree.of(store, node.name).batch),
    });
    // The control plane comes first, because workers join through it; then one pool at a time.
    for (const rollout of cluster.after) this.rollout.addDependency(rollout);
  }

  /** Returns a worker with its kubelet. */
  nodeOf(name: string): Worker {
    const worker = this.workers.get(name);
    if (!worker) throw unknownWorker(name, [...this.workers.keys()]);
    return worker;
  }

  private validate(site: Site, nodes: readonly SiteNode[]): void {
    const { machines, name, cluster } = this;
    validateMachines([...cluster.machines, ...machines]);
    validateAccess(`The worker pool ${name}`, machines);
    validateNetworks(
      site,
      // Hosts of etcd alone run no kubelet.
      cluster.machines.length - etcdMachines(site) + machines.length,
    );
    validateVirtualIpIsFree(site, nodes);
    validateConfig(
      site,
      "KubeletConfiguration",
      `kubelet.config of the worker pool ${name}`,
      site.kubelet.config,
    );
    for (const machine of machines) {
      if (RESERVED.includes(machine.name))
        throw reservedName(machine.name, "its pool", RESERVED);
      validateFiles(machine);
    }
    if (!nodes.some(({ hosted }) => hosted)) return;
    if (!site.nodes.some(({ hosted }) => hosted))
      throw unreachableControlPlane(name);
    if (site.externalCertificateAuthority) throw workersWithoutCaKey(name);
  }
}

const etcdMachines = (site: Site): number =>
  isDedicated(site) ? etcdNodes(site).length : 0;

/** The site with the kubelet props of the pool applied. */
function siteOfPool(site: Site, { kubelet = {} }: WorkerPoolProps): Site {
  return {
    ...site,
    kubelet: {
      config: withDefaults(site.kubelet.config, kubelet.config ?? {}),
      extraArgs: { ...site.kubelet.extraArgs, ...kubelet.extraArgs },
    },
  };
}
