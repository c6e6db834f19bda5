import {
  ControlPlane,
  type ControlPlaneProps,
  KeyAlgorithm,
  type NodeProps,
} from "../../lib";
import type { Program } from "./terraform";

export const node = (number: number, props: Partial<NodeProps> = {}) => ({
  name: `cp-${number}`,
  address: `10.0.0.1${number}`,
  ...props,
});

export const NODES = [node(1), node(2), node(3)];

/** Where the store of {@link cluster} is. */
export const STORE = "clusters/test";

/** A control plane, of one node where none are given, with keys that are made in no time. */
export const clusterProps = (
  props: Partial<ControlPlaneProps> = {},
): ControlPlaneProps => ({
  clusterName: "test",
  kubernetesVersion: "1.36.3",
  endpoint: "api.example.org:6443",
  podSubnet: "10.244.0.0/16",
  keyAlgorithm: KeyAlgorithm.ECDSA_P256,
  nodes: [node(1)],
  ...props,
});

/** A program that holds such a control plane, and what is done with it. */
export const cluster =
  (
    props: Partial<ControlPlaneProps> = {},
    use: (controlPlane: ControlPlane) => void = () => {},
  ): Program =>
  (stack) =>
    use(new ControlPlane(stack, "cluster", clusterProps(props)));
