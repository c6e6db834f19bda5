import type { Site } from "../../lib/catalog/site";
import { hostOf } from "../../lib/constructs/hosts";
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
  ...hostOf("192.168.100.200"),
};
const LOCAL = {
  kind: "local-proxy" as const,
  ...PORTS,
  ...hostOf("127.0.0.1"),
};
export const virtual: Site = { ...three, endpoint: VIRTUAL_IP };
export const local: Site = { ...three, endpoint: LOCAL };
export const worker = {
  ...first,
  name: "worker-1",
  address: hostOf("192.168.100.9"),
};
export const ipv6Node = {
  ...first,
  address: hostOf("fd00::11"),
  loopback: hostOf("::1"),
};
export const ipv6: Site = {
  ...single,
  nodes: [ipv6Node, { ...ipv6Node, name: "b", address: hostOf("fd00::12") }],
  endpoint: { ...VIRTUAL_IP, ...hostOf("fd00::100") },
};
