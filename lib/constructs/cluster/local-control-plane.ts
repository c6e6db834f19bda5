import type { Construct } from "constructs";
import { ControlPlane } from "./control-plane";
import type { LocalControlPlaneProps } from "../site/local-control-plane-props";
import { noWorkers } from "../site/local-errors";
import { claimPorts } from "../site/local-ports";
import { localPorts, localProps } from "../site/local-site";

/**
 * An API server for debugging, on the machine that deploys: etcd, kube-apiserver and, where they are wanted,
 * kube-controller-manager and kube-scheduler are processes of the user, on its loopback, without root and containers.
 * They outlive the shell and Terraform; a deploy starts what ended or differs, destroy ends all. There is no node: pods
 * stay Pending. The admin kubeconfig's user is in `system:masters`.
 */
export class LocalControlPlane extends ControlPlane {
  /** Throws where another one of the program has one of its ports. */
  constructor(scope: Construct, id: string, props: LocalControlPlaneProps) {
    super(scope, id, localProps(id, props));
    claimPorts(this, localPorts(props));
  }

  /** Throws: no node can join it. */
  override addWorkers(): never {
    throw noWorkers(this.node.path);
  }
}
