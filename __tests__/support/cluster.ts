import { Fn, TerraformStack, Testing, Token } from "cdktf";
import {
  ControlPlane,
  type ControlPlaneProps,
  KeyAlgorithm,
  NodeAccess,
  type NodeProps,
} from "../../lib";
import type { Program } from "./terraform";

export const newStack = (name = "stack"): TerraformStack =>
  new TerraformStack(Testing.app(), name);

/** A text that is known only at apply. */
export const token = Token.asString(Fn.file("x"));

export const node = (number: number, props: Partial<NodeProps> = {}) => ({
  name: `cp-${number}`,
  address: `10.0.0.1${number}`,
  ...props,
});

/** A node on a host that is reached over SSH. */
export const host = (number: number, props: Partial<NodeProps> = {}) =>
  node(number, {
    access: NodeAccess.ssh({ host: `10.0.0.1${number}` }),
    ...props,
  });

export const NODES = [node(1), node(2), node(3)];

/** The folder of the store of {@link cluster}. */
export const STORE = "clusters/test";

/** The props of a control plane with one node, unless others are given, and with keys that are quick to make. */
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

/** A program with a control plane of these props, to which `use` may add more. */
export const cluster =
  (
    props: Partial<ControlPlaneProps> = {},
    use: (controlPlane: ControlPlane) => void = () => {},
  ): Program =>
  (stack) =>
    use(new ControlPlane(stack, "cluster", clusterProps(props)));

/** The control plane of {@link cluster}, in a stack of its own. */
export const newControlPlane = (
  props: Partial<ControlPlaneProps> = {},
): ControlPlane => new ControlPlane(newStack(), "cluster", clusterProps(props));
