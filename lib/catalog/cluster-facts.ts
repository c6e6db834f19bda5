import { frozen } from "./frozen";

/** What a cluster is set up with, and what cannot simply change while it lives. The names are those of the props. */
export type ClusterFact =
  | "clusterName"
  | "serviceSubnet"
  | "podSubnet"
  | "dnsDomain"
  | "keyAlgorithm"
  | "nodeNames";

/** What a rollout records. The inventory has the names of the nodes anyway. */
export interface RecordedFacts extends Readonly<
  Record<Exclude<ClusterFact, "nodeNames" | "podSubnet">, string>
> {
  /** Absent if Kubernetes gives no ranges to nodes: then it matters to nothing that lasts. */
  readonly podSubnet?: string;
}

export interface ClusterFactRow {
  readonly fact: ClusterFact;
  /** What breaks if it changes. Complete sentences, for the error. */
  readonly breaks: string;
  /** How to get there without breaking it. */
  readonly way: string;
}

export const CLUSTER_FACTS: readonly ClusterFactRow[] = frozen<
  ClusterFactRow[]
>([
  {
    fact: "clusterName",
    breaks:
      "Clusters and contexts in kubeconfigs get the new name, and so does --cluster-name of kube-controller-manager. Scripts that name a context fail, and so does whatever finds cloud resources by the old name.",
    way: "Nothing else depends on the name: tell the people who use it, and allow the change.",
  },
  {
    fact: "serviceSubnet",
    breaks:
      "Kubernetes keeps the present range in its ServiceCIDR object: services keep their addresses, and new ones get addresses of it, too. But the certificates of the API servers and the DNS settings of pods get addresses of the other range, at which nothing answers: pods lose the API and DNS.",
    way: "For the other IP family, append its range to the present one. For more addresses, add a ServiceCIDR object with addManifests. To replace the range, follow https://kubernetes.io/docs/tasks/network/reconfigure-default-service-ip-ranges/.",
  },
  {
    fact: "podSubnet",
    breaks:
      "Nodes keep their ranges, because Kubernetes cannot change them. kube-controller-manager ends at each start while a node's range is outside of podSubnet, and without podSubnet new nodes get no range.",
    way: "A range that contains the present one works, and so does appending a range of the other IP family. For any other range, make a new cluster.",
  },
  {
    fact: "dnsDomain",
    breaks:
      "Running pods look up services in the old domain, for which the cluster's DNS no longer answers. Unless service-account-issuer is set, the issuer of service account tokens changes as well, and the API servers refuse every token that pods have.",
    way: "To keep the tokens valid, set service-account-issuer in apiServer.extraArgs to a list: the new issuer (https://kubernetes.default.svc.<dnsDomain>), then the old one. Then allow the change, and restart all pods.",
  },
  {
    fact: "keyAlgorithm",
    breaks:
      "The CAs and the service account key pair cannot get other keys: nothing that they signed would be trusted any more.",
    way: "If you allow the change, they keep their keys, and all certificates get keys of the new kind.",
  },
  {
    fact: "nodeNames",
    breaks:
      "Kubernetes cannot rename a node. It gets a new Node object, and the old one is deleted with its pods, its labels, and the volumes that are bound to it.",
    way: "Take the old name off the list and deploy, so that the node leaves. Then add the new name and deploy again.",
  },
]);
