import type { ComponentId } from "../../catalog/component-id";
import type { MissingImage } from "../hosts/images";

/** What was seen of a cluster before an upgrade. A list is empty if there is nothing of its kind, or if it could not be asked. */
export interface SeenCluster {
  readonly apiServers: readonly SeenApiServer[];
  /** The members of etcd. Empty with an external etcd. */
  readonly members: readonly SeenMember[];
  readonly nodes: readonly SeenNode[];
  /** The pods of kube-proxy, also of others than this library's. */
  readonly proxies: readonly SeenProxy[];
  readonly budgets: readonly SeenBudget[];
  readonly requests: readonly DeprecatedRequest[];
  readonly definitions: readonly SeenDefinition[];
  /** The hosts of the control plane and of the workers that this library manages. */
  readonly hosts: readonly SeenHost[];
  readonly settings: readonly SeenSetting[];
  /** What could not be asked. */
  readonly unasked: readonly Unasked[];
}

export interface SeenApiServer {
  readonly node: string;
  /** `v1.36.3`. Absent if it does not answer. */
  readonly release?: string;
  /** Why it does not answer. */
  readonly problem?: string;
}

export interface SeenMember {
  /** Its node. */
  readonly name: string;
  /** Why it is not healthy. */
  readonly problem?: string;
  readonly isLearner: boolean;
  /** `3.6.8`. Absent if it does not answer. */
  readonly version?: string;
  /** The version of the format of its database: `3.6.0`. etcd tells it from 3.6 on. */
  readonly storageVersion?: string;
  /** `NOSPACE`, `CORRUPT` */
  readonly alarms: readonly string[];
  /** Bytes of its database. */
  readonly size?: number;
}

/** A Node object, also of a node that this library does not manage. */
export interface SeenNode {
  readonly name: string;
  readonly isControlPlane: boolean;
  readonly isReady: boolean;
  /** Why it is not ready, in kubelet's words. */
  readonly reason?: string;
  /** `v1.36.3` */
  readonly kubelet: string;
  /** `containerd://2.1.4` */
  readonly runtime: string;
}

export interface SeenProxy {
  /** `kube-system/kube-proxy-x7k2p` */
  readonly pod: string;
  readonly node: string;
  /** The tag of its image. Absent if it is no release. */
  readonly version?: string;
}

export interface SeenBudget {
  /** `default/web` */
  readonly name: string;
  /** How many of its pods may be evicted now. */
  readonly allowed: number;
  /** How many pods it covers. */
  readonly pods: number;
}

/** An API that somebody asked an API server for since that started. */
export interface DeprecatedRequest {
  /** The node of the API server. */
  readonly node: string;
  /** `networking.k8s.io/v1beta1` */
  readonly apiVersion: string;
  /** `ipaddresses` */
  readonly resource: string;
  /** The first release without it: `1.37`. Absent if none is planned. */
  readonly removed?: string;
}

/** A CustomResourceDefinition. */
export interface SeenDefinition {
  /** `widgets.example.org` */
  readonly name: string;
  readonly versions: readonly string[];
  /** The version in which objects are written to etcd. */
  readonly storage?: string;
  /** All versions in which objects may be in etcd. */
  readonly stored: readonly string[];
}

export interface SeenHost {
  readonly node: string;
  readonly isWorker: boolean;
  /** Why it is not reached. */
  readonly failure?: string;
  /** The release of its kube-proxy, if that is a unit with a program that the deploy does not bring. */
  readonly kubeProxy?: string;
  readonly cgroups?: 1 | 2;
  /** Whether its kubelet may start with version 1 of control groups. */
  readonly allowsCgroups1: boolean;
  /** Whether the deploy brings its kubelet, which then is of the new version, too. */
  readonly bringsKubelet: boolean;
  /** Free bytes where etcd has its data. Absent if it has none there. */
  readonly etcdFree?: number;
  /** Free bytes where the container runtime keeps images. Absent if it needs none. */
  readonly imagesFree?: number;
  /** The images of the new version that the host lacks and cannot pull. */
  readonly missingImages: readonly MissingImage[];
  /** Archives from which it gets its images. They are made anew for each version. */
  readonly archives: readonly string[];
}

/** A flag with which a component runs, or the feature gates of its configuration as such a flag. */
export interface SeenSetting {
  readonly node: string;
  readonly component: ComponentId | "kube-proxy";
  readonly flag: string;
  readonly value: string;
}

/** A question without an answer. */
export interface Unasked {
  /** The node that did not answer, or the cluster. */
  readonly about: string;
  readonly reason: string;
}

/** The upgrade that is about to begin. */
export interface Upgrade {
  /** With the `v`: `v1.37.2`. */
  readonly kubernetes: string;
  /** The release of etcd that comes with it: `3.7.1`. Absent if etcd is external, or if the tag of its image is not a release. */
  readonly etcd?: string;
}
