import type { Site } from "../../lib/catalog/site";
import { addressOf } from "../../lib/constructs/hosts";
import { KUBEADM_CASES } from "./kubeadm";
import { siteOf, withNode } from "./site";

const single = siteOf(
  KUBEADM_CASES.find(
    ({ name, version }) => name === "single" && version === "v1.36.3",
  )!.config,
);
export const [first] = single.nodes;
const three = withNode(
  withNode(single, "cp-2", "192.168.100.156"),
  "cp-3",
  "192.168.100.157",
);
const PORTS = { port: 8443, healthPort: 8444 };
const VIRTUAL_IP = {
  kind: "virtual-ip" as const,
  routerId: 51,
  ...PORTS,
  ...addressOf("192.168.100.200"),
};
const LOCAL = {
  kind: "local-proxy" as const,
  ...PORTS,
  ...addressOf("127.0.0.1"),
};
export const virtual: Site = { ...three, endpoint: VIRTUAL_IP };
export const local: Site = { ...three, endpoint: LOCAL };
export const worker = {
  ...first,
  name: "worker-1",
  address: addressOf("192.168.100.9"),
};
export const ipv6Node = {
  ...first,
  address: addressOf("fd00::11"),
  loopback: addressOf("::1"),
};
export const ipv6: Site = {
  ...single,
  nodes: [ipv6Node, { ...ipv6Node, name: "b", address: addressOf("fd00::12") }],
  endpoint: { ...VIRTUAL_IP, ...addressOf("fd00::100") },
};
