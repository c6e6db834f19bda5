import { type Cidr, parseAddress, parseCidr } from "../../catalog/addresses";
import type { Site, SiteNode } from "../../catalog/site";
import { hasToken } from "../../terraform/expression";
import * as errors from "../errors";
import {
  podNetworkUnallocated,
  podNetworkUnreachable,
  podSubnetMissing,
} from "./node-errors";

/**
 * Checks the address ranges as kubeadm does. @see
 * https://github.com/kubernetes/kubernetes/blob/v1.36.3/cmd/kubeadm/app/apis/kubeadm/validation/validation.go
 */
export function validateNetworks(
  site: Site,
  nodes: readonly SiteNode[] = site.nodes,
): void {
  const pods = cidrs("podSubnet", site.podSubnets);
  const services = cidrs("serviceSubnet", site.serviceSubnets);
  if (services.length === 0) throw errors.invalidCidr("serviceSubnet", "");
  if (pods.length > 0 && families(pods) !== families(services)) {
    throw errors.differentFamilies(
      site.podSubnets.join(","),
      site.serviceSubnets.join(","),
    );
  }
  for (const [i, cidr] of services.entries()) {
    const bits = cidr.family === 4 ? 32 : 128;
    // The cluster DNS needs the tenth address, and the API server refuses ranges of more than 2^20 addresses.
    if (bits - cidr.prefix < 4 || bits - cidr.prefix > 20) {
      throw errors.cidrSize(
        "serviceSubnet",
        site.serviceSubnets[i],
        `/${bits - 20} to /${bits - 4}`,
      );
    }
  }
  for (const [i, cidr] of allocatesNodeCidrs(site) ? pods.entries() : []) {
    const mask = nodeMask(site, cidr.family);
    if (cidr.prefix > mask || mask - cidr.prefix > 16) {
      throw errors.cidrSize(
        "podSubnet",
        site.podSubnets[i],
        `/${Math.max(mask - 16, 0)} to /${mask}, because each node gets a /${mask}`,
      );
    }
  }
  const named = [
    ...pods.map((cidr, i) => ({
      cidr,
      name: `podSubnet ${site.podSubnets[i]}`,
    })),
    ...services.map((cidr, i) => ({
      cidr,
      name: `serviceSubnet ${site.serviceSubnets[i]}`,
    })),
    ...nodes.flatMap((node) =>
      [node.address.host, ...node.addresses].flatMap((address) =>
        hostCidr(`the address ${address} of node ${node.name}`, address),
      ),
    ),
    ...(site.endpoint?.kind === "virtual-ip"
      ? hostCidr(`the virtual IP ${site.endpoint.host}`, site.endpoint.host)
      : []),
  ];
  for (const [i, a] of named.entries()) {
    for (const b of named.slice(i + 1)) {
      if (overlap(a.cidr, b.cidr) && !(a.cidr.host && b.cidr.host)) {
        throw errors.overlappingCidrs(a.name, b.name);
      }
    }
  }
}

type Block = Cidr & { readonly host?: boolean };

function cidrs(prop: string, texts: readonly string[]): Block[] {
  const blocks = texts.map((text) => {
    const cidr = parseCidr(text);
    if (!cidr) throw errors.invalidCidr(prop, texts.join(","));
    return cidr;
  });
  const distinct = new Set(blocks.map(({ family }) => family));
  if (blocks.length > 2 || distinct.size < blocks.length) {
    throw errors.invalidCidr(prop, texts.join(","));
  }
  return blocks;
}

const families = (blocks: readonly Block[]) =>
  blocks
    .map(({ family }) => family)
    .sort()
    .join();

function hostCidr(
  name: string,
  address: string,
): { cidr: Block; name: string }[] {
  const parsed = hasToken(address) ? undefined : parseAddress(address);
  if (!parsed) return [];
  const prefix = parsed.family === 4 ? 32 : 128;
  return [
    {
      cidr: { family: parsed.family, base: parsed.value, prefix, host: true },
      name,
    },
  ];
}

function overlap(a: Block, b: Block): boolean {
  if (a.family !== b.family) return false;
  const shift = BigInt(
    (a.family === 4 ? 32 : 128) - Math.min(a.prefix, b.prefix),
  );
  return a.base >> shift === b.base >> shift;
}

function nodeMask(site: Site, family: 4 | 6): number {
  const args = site.controllerManager.extraArgs;
  const given =
    args[`node-cidr-mask-size-ipv${family}`] ?? args["node-cidr-mask-size"];
  return given === undefined ? (family === 4 ? 24 : 64) : Number(given);
}

const allocatesNodeCidrs = ({ controllerManager }: Site): boolean =>
  controllerManager.extraArgs["allocate-node-cidrs"] !== "false";

/** Throws if the rollout cannot set up a pod network on the nodes. */
export function validatePodNetwork(site: Site): void {
  if (site.podSubnets.length === 0) throw podSubnetMissing();
  if (!site.nodes.some(({ hosted }) => hosted)) throw podNetworkUnreachable();
  if (!allocatesNodeCidrs(site)) throw podNetworkUnallocated();
}
