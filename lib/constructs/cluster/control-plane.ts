import { join } from "node:path";
import { Construct } from "constructs";
import type { Site } from "../../catalog/site";
import { publicServer } from "../../render/kubeconfig";
import type { KubernetesObject } from "../../render/kubernetes-object";
import { type AccountName, userBindings } from "../../render/rbac";
import { Access } from "../../terraform/access";
import type { NodeRequest } from "../../request/request";
import { checkTokens } from "../../terraform/requirement";
import { Rollout, type RolloutPlan } from "../../terraform/rollout";
import { Store } from "../../terraform/store";
import type { ICertificateAuthority } from "../pki/authority";
import {
  type ClusterAuthorities,
  kubernetesAuthority,
  makeAuthorities,
} from "../pki/cluster-authorities";
import {
  type ProxyContext,
  proxyContext,
  type TokenContext,
  tokenContext,
} from "./access-contexts";
import { ClusterKubeconfigs } from "./cluster-kubeconfigs";
import { ClusterObjects } from "./cluster-objects";
import {
  ControlPlaneNode,
  LocalControlPlaneNode,
} from "../node/control-plane-node";
import type {
  ControlPlaneProps,
  KubeadmConfigProps,
  UserProps,
} from "../site/control-plane-props";
import { requireFreeName } from "./reserved-names";
import { unknownNode } from "../site/node-errors";
import { EtcdCluster } from "../node/etcd-cluster";
import { parseKubeadmConfig } from "../kubeadm-config/kubeadm-config";
import type { Kubeconfig } from "../pki/kubeconfig";
import type { ManifestsProps } from "../site/manifests-props";
import { validateRouted } from "../site/network-validation";
import { type NodeAddition, NodeAdditions } from "../node/node-additions";
import { controlPlaneRequests, maxUnavailableOf } from "../node/node-request";
import { NodeTree } from "../node/node-tree";
import { rightsOf } from "../site/rights";
import { keptFacts, rolloutPlan } from "./rollout-plan";
import { siteAuthorities, siteOf } from "../site/site";
import { clusterRequirements } from "../site/site-validation";
import { addWarnings, warningsOf } from "../site/site-warnings";
import { requireKnownFlags } from "../site/flag-warnings";
import { flagGroups } from "../site/flags";
import { warnOfGroups } from "../site/hardening-warnings";
import type { WorkerPool } from "./worker-pool";
import type { WorkerPoolProps } from "../site/worker-props";
import { WorkerPools } from "./worker-pools";
import { checkProps } from "../../props/check";

/**
 * A Kubernetes control plane: certificate authorities, etcd, API servers, controller managers, schedulers, kubelets,
 * kubeconfigs and the cluster objects. Synthesis refuses props that cannot work. The apply makes all files in the
 * store, one Terraform resource for each.
 */
export class ControlPlane extends Construct {
  /**
   * Creates a control plane from a kubeadm file. Each of its fields is used, named in a warning because it has no
   * meaning here, or refused.
   * @see https://kubernetes.io/docs/reference/config-api/kubeadm-config.v1beta4/
   */
  static fromKubeadmConfig(
    scope: Construct,
    id: string,
    props: KubeadmConfigProps,
  ): ControlPlane {
    checkProps("KubeadmConfigProps", props, `ControlPlane "${id}"`);
    const { config, node, nodes = [], ...options } = props;
    const parsed = parseKubeadmConfig(config);
    const described = parsed.props.nodes.map((each) => ({ ...each, ...node }));
    const controlPlane = new ControlPlane(scope, id, {
      ...parsed.props,
      ...options,
      nodes: [...described, ...nodes],
    });
    addWarnings(controlPlane, parsed.warnings);
    return controlPlane;
  }

  /** The store with all of its files: the given one, or its own. */
  readonly store: Store;
  /** The Kubernetes CA: the given one, or its own. */
  readonly certificateAuthority: ICertificateAuthority;
  /** The etcd cluster. Absent if etcd is external. */
  readonly etcd?: EtcdCluster;
  /** The administrator's kubeconfig, in the store. */
  readonly adminKubeconfig: Kubeconfig;
  /** The URL at which clients reach the API servers, `https://host:port`. With `Endpoint.localProxy`, the first node's. */
  readonly endpoint: string;
  private readonly site: Site;
  private readonly props: ControlPlaneProps;
  private readonly members = new Map<string, ControlPlaneNode>();
  private readonly kubeconfigs: ClusterKubeconfigs;
  private readonly objects: ClusterObjects;
  private readonly additions = new NodeAdditions(
    this,
    () => this.props.runtime?.binaries,
  );
  private readonly pools = new WorkerPools(this);
  private readonly authorities: ClusterAuthorities;
  private readonly nodeRequests: readonly NodeRequest[];
  private readonly maxUnavailable: number;
  private readonly rollout: Rollout;

  constructor(scope: Construct, id: string, props: ControlPlaneProps) {
    super(scope, id);
    checkProps("ControlPlaneProps", props, `ControlPlane "${id}"`);
    this.props = props;
    this.site = siteOf(props, siteAuthorities(kubernetesAuthority(props)));
    this.endpoint = publicServer(this.site);
    addWarnings(this, warningsOf(this.site, props));
    requireKnownFlags(props.acceptedFlags);
    warnOfGroups(this, this.site, flagGroups(this.site), props.acceptedFlags);
    if (props.podNetwork?.kind === "routed") validateRouted(this.site);
    this.maxUnavailable = maxUnavailableOf(
      props.maxUnavailable,
      "the control plane",
    );
    this.nodeRequests = controlPlaneRequests(this, this.site, props);
    this.store =
      props.store ??
      new Store(this, "store", {
        directory: join(
          props.outputDirectory ?? "clusters",
          this.site.clusterName,
        ),
        provider: props.provider,
        removalPolicy: props.removalPolicy,
      });
    checkTokens(clusterRequirements(this.site, props), this.store.teardown);
    this.authorities = makeAuthorities(this, this.store, this.site, props);
    this.certificateAuthority = this.authorities.ca;

    const { store, authorities, site } = this;
    const shared = { store, cluster: props, authorities, site };
    if (this.site.etcd.kind === "local")
      this.etcd = new EtcdCluster(this, "etcd", shared);
    for (const { name } of this.site.nodes) {
      requireFreeName(name);
      const component = { ...shared, node: name };
      if (this.runsProcesses) new LocalControlPlaneNode(this, name, component);
      else this.members.set(name, new ControlPlaneNode(this, name, component));
    }

    this.kubeconfigs = new ClusterKubeconfigs(this, {
      store,
      site: this.site,
      renewBefore: props.renewBefore,
      certificateAuthority: this.certificateAuthority,
    });
    this.adminKubeconfig = this.kubeconfigs.addAdmin();
    this.objects = new ClusterObjects(this, "objects", {
      store,
      site: this.site,
      certificateAuthority: this.certificateAuthority,
    });
    if (props.podNetwork?.props)
      this.addManifests("pod-network", props.podNetwork.props);
    this.rollout = this.makeRollout();
    store.rollout = this.rollout;
    store.controlPlane = this;
  }

  /** The certificate of the Kubernetes CA, in PEM. Known after the apply. */
  get caCertificatePem(): string {
    return this.certificateAuthority.certificatePem;
  }

  /** Returns a node with its API server, controller manager, scheduler and kubelet. */
  nodeOf(name: string): ControlPlaneNode {
    const member = this.members.get(name);
    if (!member) throw unknownNode(name, [...this.members.keys()]);
    return member;
  }

  /**
   * Adds a pool of workers. They join after the control plane is up; pools are rolled out one after the other, in the
   * order in which they were added.
   * @param name The name of the pool: an RFC 1123 subdomain in lower case, as a literal. No other pool may have it.
   */
  addWorkers(name: string, props: WorkerPoolProps): WorkerPool {
    checkProps("WorkerPoolProps", props, `addWorkers "${name}"`);
    return this.pools.add(name, props, {
      store: this.store,
      site: this.site,
      authorities: this.authorities,
      renewBefore: this.props.renewBefore,
      images: this.props.images,
      acceptedFlags: this.props.acceptedFlags,
      binaries: this.props.runtime?.binaries,
      machines: [...(this.props.etcd?.machines ?? []), ...this.props.nodes],
      plan: () => this.plan(),
      after: [this.rollout],
    });
  }

  /**
   * Adds Kubernetes objects, for example a network, storage or operators. They are applied after the cluster objects,
   * in the order in which they were added. Objects that are no longer in the program are removed from the cluster.
   * @param name Names their file in the store, `objects/<name>.yaml`: an RFC 1123 subdomain in lower case.
   */
  addManifests(name: string, props: ManifestsProps): void {
    checkProps("ManifestsProps", props, `addManifests "${name}"`);
    this.objects.addManifests(name, props);
  }

  /**
   * Adds a kubeconfig for a person, `kubeconfigs/<name>.conf` in the store. The person gets `clusterRoles` in the whole
   * cluster, `namespaceClusterRoles` and `namespaceRoles` in `namespace`, and the rights of all other role bindings to
   * the name or the groups. Throws if the name cannot be a file name.
   */
  addUser(name: string, props: UserProps = {}): Kubeconfig {
    this.kubeconfigs.validateUser(name);
    checkProps("UserProps", props, `addUser "${name}"`);
    const rights = rightsOf(`The user "${name}"`, props.namespace, props);
    this.objects.addRights(userBindings(name, rights));
    return this.kubeconfigs.addUser(name, props);
  }

  /** What a service account token needs to know about this cluster. @internal */
  tokenContext(): TokenContext {
    const { site, store, rollout, authorities } = this;
    return tokenContext(this, site, store, rollout, authorities.serviceAccount);
  }

  /** What a proxy on one of its nodes needs to know about the node. @internal */
  proxyContext(node: string): ProxyContext {
    this.nodeOf(node);
    return proxyContext(this.site, this.store, node);
  }

  /** Adds another component to a node; its files must be in the node tree. @internal */
  addComponent(node: string, addition: NodeAddition): void {
    this.additions.add(node, addition);
  }

  /** Adds the objects of a service account. Throws if another token creates the same account. @internal */
  addAccount(account: AccountName, objects: readonly KubernetesObject[]): void {
    this.objects.addAccount(account, objects);
  }

  /** Whether components are local processes: the only node is this machine, and it has no kubelet. */
  private get runsProcesses(): boolean {
    return this.site.runtime.kind === "processes";
  }

  private makeRollout(): Rollout {
    const { store } = this;
    const trees = this.nodeRequests.map(({ name }) => NodeTree.of(store, name));
    for (const { name, access } of this.nodeRequests) {
      const host = this.members.get(name) ?? this.etcd?.memberOf(name);
      if (host && access.kind !== "directory" && !this.runsProcesses)
        new Access(host, "access", { store, access });
    }
    return new Rollout(this, "rollout", {
      store,
      plan: () => this.plan(),
      batches: [
        ...trees.map(({ batch }) => batch),
        this.kubeconfigs.batch,
        this.objects.batch,
      ],
      kept: () => keptFacts(this.props, this.nodeRequests, this.pools),
    });
  }

  private plan(): RolloutPlan {
    return rolloutPlan(this, this.site, {
      adminKubeconfig: this.adminKubeconfig.artefact.name,
      nodes: this.nodeRequests.map((node) => this.additions.applyTo(node)),
      pools: this.pools.machineNames,
      maxUnavailable: this.maxUnavailable,
      objects: this.objects.files,
      authorities: this.authorities,
      props: this.props,
    });
  }
}
