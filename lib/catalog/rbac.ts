import { frozen } from "./frozen";
import type { ObjectGroupId } from "./object-groups";

/**
 * A role that kubeadm creates, and the group of cluster objects to which it belongs.
 * @see https://github.com/kubernetes/kubernetes/tree/v1.36.3/cmd/kubeadm/app/phases
 */
export interface RoleRow {
  readonly group: ObjectGroupId;
  readonly name: string;
  /** Absent if the role is for the whole cluster. */
  readonly namespace?: string;
  readonly rules: readonly Rule[];
}

export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

export interface BindingRow {
  readonly group: ObjectGroupId;
  readonly name: string;
  readonly namespace?: string;
  readonly role: string;
  readonly subjects: readonly RbacSubject[];
}

export type RbacSubject =
  | { readonly kind: "Group" | "User"; readonly name: string }
  | {
      readonly kind: "ServiceAccount";
      readonly name: string;
      readonly namespace: string;
    };

const group = (name: string): RbacSubject => ({ kind: "Group", name });
const user = (name: string): RbacSubject => ({ kind: "User", name });
const serviceAccount = (name: string): RbacSubject => ({
  kind: "ServiceAccount",
  name,
  namespace: "kube-system",
});

export const CLUSTER_ADMINS_GROUP = "kubeadm:cluster-admins";
const NODES = group("system:nodes");
const JOINING_NODES = group("system:bootstrappers:kubeadm:default-node-token");

const readConfigMap = (name: string): readonly Rule[] => [
  {
    apiGroups: [""],
    resources: ["configmaps"],
    resourceNames: [name],
    verbs: ["get"],
  },
];

export const ROLES: readonly RoleRow[] = frozen([
  {
    group: "kubeadm-config",
    name: "kubeadm:nodes-kubeadm-config",
    namespace: "kube-system",
    rules: readConfigMap("kubeadm-config"),
  },
  {
    group: "kubelet-config",
    name: "kubeadm:kubelet-config",
    namespace: "kube-system",
    rules: readConfigMap("kubelet-config"),
  },
  {
    group: "bootstrap-token",
    name: "kubeadm:get-nodes",
    rules: [{ apiGroups: [""], resources: ["nodes"], verbs: ["get"] }],
  },
  {
    group: "cluster-info",
    name: "kubeadm:bootstrap-signer-clusterinfo",
    namespace: "kube-public",
    rules: readConfigMap("cluster-info"),
  },
  {
    group: "coredns",
    name: "system:coredns",
    rules: [
      {
        apiGroups: [""],
        resources: ["endpoints", "services", "pods", "namespaces"],
        verbs: ["list", "watch"],
      },
      {
        apiGroups: ["discovery.k8s.io"],
        resources: ["endpointslices"],
        verbs: ["list", "watch"],
      },
    ],
  },
  {
    group: "kube-proxy",
    name: "kube-proxy",
    namespace: "kube-system",
    rules: readConfigMap("kube-proxy"),
  },
]);

export const BINDINGS: readonly BindingRow[] = frozen<BindingRow[]>([
  {
    group: "cluster-admins",
    name: "kubeadm:cluster-admins",
    role: "cluster-admin",
    subjects: [group(CLUSTER_ADMINS_GROUP)],
  },
  {
    group: "kubeadm-config",
    name: "kubeadm:nodes-kubeadm-config",
    namespace: "kube-system",
    role: "kubeadm:nodes-kubeadm-config",
    subjects: [JOINING_NODES, NODES],
  },
  {
    group: "kubelet-config",
    name: "kubeadm:kubelet-config",
    namespace: "kube-system",
    role: "kubeadm:kubelet-config",
    subjects: [NODES, JOINING_NODES],
  },
  {
    group: "bootstrap-token",
    name: "kubeadm:get-nodes",
    role: "kubeadm:get-nodes",
    subjects: [JOINING_NODES],
  },
  {
    group: "bootstrap-token",
    name: "kubeadm:kubelet-bootstrap",
    role: "system:node-bootstrapper",
    subjects: [JOINING_NODES],
  },
  {
    group: "bootstrap-token",
    name: "kubeadm:node-autoapprove-bootstrap",
    role: "system:certificates.k8s.io:certificatesigningrequests:nodeclient",
    subjects: [JOINING_NODES],
  },
  {
    group: "bootstrap-token",
    name: "kubeadm:node-autoapprove-certificate-rotation",
    role: "system:certificates.k8s.io:certificatesigningrequests:selfnodeclient",
    subjects: [NODES],
  },
  {
    group: "apiserver-kubelet-client",
    name: "kubeadm:apiserver-kubelet-client",
    role: "system:kubelet-api-admin",
    subjects: [user("kube-apiserver-kubelet-client")],
  },
  {
    group: "cluster-info",
    name: "kubeadm:bootstrap-signer-clusterinfo",
    namespace: "kube-public",
    role: "kubeadm:bootstrap-signer-clusterinfo",
    subjects: [user("system:anonymous")],
  },
  {
    group: "coredns",
    name: "system:coredns",
    role: "system:coredns",
    subjects: [serviceAccount("coredns")],
  },
  {
    group: "kube-proxy",
    name: "kubeadm:node-proxier",
    role: "system:node-proxier",
    subjects: [serviceAccount("kube-proxy")],
  },
  {
    group: "kube-proxy",
    name: "kube-proxy",
    namespace: "kube-system",
    role: "kube-proxy",
    subjects: [JOINING_NODES],
  },
]);
