import {
  blockAround,
  type Cidr,
  overlap,
  parseCidr,
} from "../../catalog/addresses";
import { lastValue } from "../../catalog/arguments";
import { goBool } from "../../catalog/go-bool";
import type { Site } from "../../catalog/site";
import type { Requirement } from "../../terraform/requirement";
import * as errors from "./network-errors";
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
  /** All nodes of the cluster that get a block for their pods, those of its pools included. */
  podNodes: number,
): void {
  const pods = cidrs("podSubnet", site.podSubnets);
  const services = cidrs("serviceSubnet", site.serviceSubnets);
  if (services.length === 0) throw errors.invalidCidr("serviceSubnet", "");
  // Services of one family do for pods of both.
  const lacking = services.filter(
    ({ family }) => !pods.some((block) => block.family === family),
  );
  const isMixed =
    lacking.length > 0 || (pods.length === 1 && services.length > 1);
  if (pods.length > 0 && isMixed) {
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
  const allocated = allocatesNodeCidrs(site);
  if (allocated) validateMasks(site, pods);
  for (const [i, cidr] of allocated ? pods.entries() : []) {
    const mask = nodeMask(site, cidr.family);
    if (cidr.prefix > mask || mask - cidr.prefix > 16) {
      throw errors.cidrSize(
        "podSubnet",
        site.podSubnets[i],
        `/${Math.max(mask - 16, 0)} to /${mask}, because each node gets a /${mask}${maskFlag(site, cidr.family)}`,
      );
    }
    const blocks = 2 ** (mask - cidr.prefix);
    if (blocks < podNodes)
      throw errors.tooFewPodBlocks(site.podSubnets[i], podNodes, blocks, mask);
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
  ];
  for (const [i, a] of named.entries()) {
    for (const b of named.slice(i + 1))
      if (overlap(a.cidr, b.cidr))
        throw errors.overlappingCidrs(a.name, b.name);
  }
}

/** Requires that an address of a host is in no block of pods or services. @param what `the address of node cp-1` */
export function isOutside(
  site: Site,
  what: (given: string) => string,
  value: string,
): Requirement[] {
  const blocks = {
    // Where somebody else gives pods their addresses, they may be those of the nodes' network.
    podSubnet: allocatesNodeCidrs(site) ? site.podSubnets : [],
    serviceSubnet: site.serviceSubnets,
  };
  return Object.entries(blocks).flatMap(([prop, cidrs]) =>
    cidrs.map((cidr) => ({
      value,
      outside: [cidr],
      error: (given) => errors.overlappingCidrs(`${prop} ${cidr}`, what(given)),
    })),
  );
}

function cidrs(prop: string, texts: readonly string[]): Cidr[] {
  const blocks = texts.map((text) => {
    const cidr = parseCidr(text);
    if (!cidr) throw errors.invalidCidr(prop, texts.join(","));
    const block = blockAround(text);
    if (block !== undefined) throw errors.hostBits(prop, text, block);
    return cidr;
  });
  const distinct = new Set(blocks.map(({ family }) => family));
  if (blocks.length > 2 || distinct.size < blocks.length) {
    throw errors.invalidCidr(prop, texts.join(","));
  }
  return blocks;
}

const ALLOCATE = "allocate-node-cidrs";
const MASK = "node-cidr-mask-size";

const maskOf = (site: Site, family: 4 | 6): string | undefined => {
  const args = site.controllerManager.extraArgs;
  return (
    lastValue(args, `${MASK}-ipv${family}`) ||
    lastValue(args, MASK) ||
    undefined
  );
};

/** What each node gets. */
function nodeMask(site: Site, family: 4 | 6): number {
  const given = maskOf(site, family);
  return given === undefined ? (family === 4 ? 24 : 64) : Number(given);
}

/** The flag that says so, where one does. */
const maskFlag = (site: Site, family: 4 | 6): string =>
  maskOf(site, family) === undefined
    ? ""
    : ` (${MASK} of the controller manager)`;

/** With both families each has a flag of its own, with one family there is one flag. */
function validateMasks(
  { controllerManager: { extraArgs } }: Site,
  pods: readonly Cidr[],
): void {
  const each = [`${MASK}-ipv4`, `${MASK}-ipv6`];
  const wrong = (pods.length > 1 ? [MASK] : each).find(
    (flag) => flag in extraArgs,
  );
  if (wrong !== undefined)
    throw errors.maskOfOtherStack(
      wrong,
      pods.length > 1
        ? each.map((flag) => `--${flag}`).join(" and ")
        : `--${MASK}`,
    );
}

/** Whether the controller manager gives each node a block of the pod subnet. */
export const allocatesNodeCidrs = ({
  controllerManager: { extraArgs },
}: Site): boolean => goBool(lastValue(extraArgs, ALLOCATE)) !== false;

/** Throws if the rollout cannot set up a pod network on the nodes. */
export function validateRouted(site: Site): void {
  const { podSubnets, nodes, controllerManager } = site;
  if (podSubnets.length === 0) throw podSubnetMissing();
  if (!nodes.some(({ hosted }) => hosted)) throw podNetworkUnreachable();
  if (!allocatesNodeCidrs(site))
    throw podNetworkUnallocated(
      lastValue(controllerManager.extraArgs, ALLOCATE),
    );
}
