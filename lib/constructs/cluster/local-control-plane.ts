import type { Construct } from "constructs";
import { ControlPlane } from "./control-plane";
import type { LocalControlPlaneProps } from "../site/local-control-plane-props";
import { noWorkers } from "../site/local-errors";
import { claimPorts } from "../site/local-ports";
import { localPorts, localProps } from "../site/local-site";

/**
 * An API server for debugging, on the machine that deploys. etcd, kube-apiserver and, optionally,
 * kube-controller-manager and kube-scheduler run as processes of the user, on loopback, without root and without
 * containers. They keep running after the shell and Terraform end; a deploy starts those that ended or differ, and
 * destroy stops all. There are no nodes, so pods stay Pending. The user of the admin kubeconfig is in `system:masters`.
 */
export class LocalControlPlane extends ControlPlane {
  /** Throws if another local control plane of the program uses one of its ports. */
  constructor(scope: Construct, id: string, props: LocalControlPlaneProps) {
    super(scope, id, localProps(id, props));
    claimPorts(this, localPorts(props));
  }

  /** Always throws: nodes cannot join a local control plane. */
  override addWorkers(): never {
    throw noWorkers(this.node.path);
  }
}
