import {
  CONTROL_PLANE_LABEL,
  CONTROL_PLANE_TAINT,
  EXCLUDE_FROM_LOAD_BALANCERS_LABEL,
} from "../catalog/object-groups";
import { socketIsLocal } from "../catalog/kubelet";
import type { Site, SiteNode, Taint } from "../catalog/site";
import { compact, type KubernetesObject } from "./kubernetes-object";

/**
 * The part of a control-plane node's Node object that this library manages. Its kubelet registers the rest.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/cmd/kubeadm/app/phases/markcontrolplane/markcontrolplane.go
 */
export function controlPlaneNode(site: Site, node: SiteNode): KubernetesObject {
  const taints = nodeTaints(node);
  return compact({
    apiVersion: "v1",
    kind: "Node",
    metadata: compact({
      name: node.name,
      labels: nodeLabels(node),
      // If kubelet's configuration does not contain the socket, `kubeadm upgrade` reads it from this annotation.
      annotations: socketIsLocal(site)
        ? undefined
        : { "kubeadm.alpha.kubernetes.io/cri-socket": node.criSocket },
    }),
    spec: taints.length > 0 ? { taints } : undefined,
  });
}

export function nodeLabels(node: SiteNode): Readonly<Record<string, string>> {
  return {
    [CONTROL_PLANE_LABEL]: "",
    [EXCLUDE_FROM_LOAD_BALANCERS_LABEL]: "",
    ...node.labels,
  };
}

export function nodeTaints(node: SiteNode): readonly Taint[] {
  return node.taints ?? [CONTROL_PLANE_TAINT];
}
