import { Construct } from "constructs";
import { KubeProxy } from "./kube-proxy";
import { type NodeContext, NodePart } from "./node-part";
import { addEndpoint } from "./endpoint-files";
import { addNodeFile } from "./node-file";
import { NodeTree } from "./node-tree";

/**
 * The kubelet of a worker: its serving certificate, configuration and flags. It requests its client certificate from
 * the cluster when it joins.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/kubelet-tls-bootstrapping/
 */
export class WorkerKubelet extends NodePart {
  /** @internal */
  constructor(scope: Construct, id: string, context: NodeContext) {
    super(scope, id, context);
    this.addAuthority("ca", false);
    this.addCertificates("kubelet");
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
