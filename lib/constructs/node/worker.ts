import { Construct } from "constructs";
import { KubeProxy } from "./kube-proxy";
import { type NodeContext, NodePart } from "./node-part";
import { addEndpoint } from "./endpoint-files";
import { addNodeFile } from "./node-file";
import { NodeTree } from "./node-tree";

/**
 * The kubelet of a worker: serving certificate, configuration and flags. It asks the cluster itself for the certificate
 * that it is a client with, when it joins.
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

/** All that one worker has. */
export class Worker extends Construct {
  /** Its kubelet. */
  readonly kubelet: WorkerKubelet;
  /** Its kube-proxy, where that is a unit. */
  readonly kubeProxy?: KubeProxy;

  /** @internal */
  constructor(scope: Construct, id: string, context: NodeContext) {
    super(scope, id);
    this.kubelet = new WorkerKubelet(this, "kubelet", context);
    this.kubeProxy = KubeProxy.on(this, context);
    const tree = NodeTree.of(context.store, context.node.name);
    addEndpoint(this, tree, context.site, context.node);
    for (const file of context.files) addNodeFile(this, tree, file);
  }
}
