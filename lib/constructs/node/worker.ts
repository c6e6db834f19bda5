import { Construct } from "constructs";
import { kubeconfigRow } from "../../catalog/kubeconfigs";
import { KubeProxy } from "./components";
import { type NodeContext, NodePart } from "./node-part";
import { addEndpoint } from "./endpoint-files";
import { addNodeFile } from "./node-file";
import { NodeTree } from "./node-tree";

/**
 * The kubelet of a worker: its serving certificate, configuration and flags. On a host, it requests its client
 * certificate from the cluster when it joins. Without one, it has a kubeconfig as on a control-plane node, because no
 * rollout gives it a bootstrap token.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/kubelet-tls-bootstrapping/
 */
export class WorkerKubelet extends NodePart {
  /** @internal */
  constructor(scope: Construct, id: string, context: NodeContext) {
    super(scope, id, context);
    this.addAuthority("ca", false);
    this.addCertificates("kubelet");
    if (!context.node.hosted) this.addKubeconfig(kubeconfigRow("kubelet"));
    this.addKubeletFiles();
  }
}

/** A worker node. */
export class Worker extends Construct {
  /** The kubelet. */
  readonly kubelet: WorkerKubelet;
  /** The kube-proxy, if it runs as a unit. */
  readonly kubeProxy?: KubeProxy;

  /** @internal */
  constructor(scope: Construct, id: string, context: NodeContext) {
    super(scope, id);
    this.kubelet = new WorkerKubelet(this, "kubelet", context);
    this.kubeProxy = KubeProxy.createIfUnit(this, context);
    const tree = NodeTree.of(context.store, context.node.name);
    addEndpoint(this, tree, context.site, context.node);
    for (const file of context.files) addNodeFile(this, tree, file);
  }
}
