import { OBJECT_GROUPS, type ObjectGroupId } from "../catalog/object-groups";
import type { Site } from "../catalog/site";
import { componentConfigMap } from "./config-map";
import { coreDns } from "./coredns";
import { bootstrapToken, clusterInfo } from "./join";
import { kubeProxy } from "./kube-proxy";
import { kubeadmConfig } from "./kubeadm-config";
import { kubeletConfiguration } from "./kubelet";
import type { KubernetesObject } from "./kubernetes-object";
import { controlPlaneNode } from "./node";
import { rbac } from "./rbac";
import { reference } from "./references";

type Renderer = (site: Site, caPath: string) => KubernetesObject[];

const RENDERERS: Readonly<Record<ObjectGroupId, Renderer>> = {
  "cluster-admins": () => rbac("cluster-admins"),
  "kubeadm-config": (site) => [kubeadmConfig(site), ...rbac("kubeadm-config")],
  "kubelet-config": (site) => [
    componentConfigMap(
      "kubelet-config",
      { kubelet: reference({ $yaml: kubeletConfiguration(site) }) },
      site.kubelet.config,
    ),
    ...rbac("kubelet-config"),
  ],
  "bootstrap-token": (site) => [
    ...site.bootstrapTokens.map(bootstrapToken),
    ...rbac("bootstrap-token"),
  ],
  "apiserver-kubelet-client": () => rbac("apiserver-kubelet-client"),
  "cluster-info": (site, caPath) => [
    clusterInfo(site, caPath),
    ...rbac("cluster-info"),
  ],
  coredns: (site) => coreDns(site),
  "kube-proxy": (site) => kubeProxy(site),
  nodes: (site) => site.nodes.map((node) => controlPlaneNode(site, node)),
};

/**
 * The objects of a cluster, whose values may be references, see `references.ts`. `caPath` is the store's file with the CA
 * certificate of the cluster.
 */
export function objectGroups(site: Site, caPath: string) {
  // A control plane of local processes has no nodes, and nothing joins it.
  if (site.runtime.kind === "processes") return [];
  return OBJECT_GROUPS.filter((row) => row.needed?.(site) ?? true).map(
    ({ id, purpose }) => ({
      id,
      purpose,
      objects: RENDERERS[id](site, caPath),
    }),
  );
}
