import { error, show } from "../errors";

/** Errors about the subnets of a cluster. */

export const invalidCidr = (prop: string, given: string) =>
  error(
    `${prop} ${show(given)} is not in CIDR notation.`,
    "Allowed is one literal block, or one IPv4 and one IPv6 block separated by a comma.",
    'Write "10.244.0.0/16" or "10.244.0.0/16,fd00:10:244::/56", for example.',
  );

export const hostBits = (prop: string, given: string, block: string) =>
  error(
    `${prop} ${show(given)} has bits beyond its prefix.`,
    "Allowed is the first address of a block.",
    `Write ${show(block)}.`,
  );

export const tooFewPodBlocks = (
  podSubnet: string,
  nodes: number,
  blocks: number,
  mask: number,
) =>
  error(
    `podSubnet ${show(podSubnet)} has ${blocks === 1 ? "one block" : `${blocks} blocks`} of /${mask} for ${nodes} nodes.`,
    "Each node gets a block of its own.",
    "Write a larger podSubnet, or a longer node-cidr-mask-size of the controller manager.",
  );

export const maskOfOtherStack = (flag: string, instead: string) =>
  error(
    `controllerManager.extraArgs has --${flag}.`,
    `With these subnets Kubernetes takes ${instead}.`,
    "Correct the flag.",
  );

export const cidrSize = (prop: string, given: string, allowed: string) =>
  error(
    `${prop} ${show(given)} has a size that Kubernetes refuses.`,
    `Allowed: ${allowed}.`,
    "Choose another block.",
  );

export const overlappingCidrs = (first: string, second: string) =>
  error(
    `${first} and ${second} overlap.`,
    "Pods, services and nodes need separate address ranges.",
    "Choose another block for one of them.",
  );

export const differentFamilies = (podSubnet: string, serviceSubnet: string) =>
  error(
    `podSubnet ${show(podSubnet)} and serviceSubnet ${show(serviceSubnet)} have different IP families.`,
    "Allowed is the same family in both; with pods of both families, services of one or of both.",
    "Add the missing block, or remove the other.",
  );

export const invalidCorefile = (given: string) =>
  error(
    `dns.corefile ${show(given.slice(0, 60))} has no server block, so CoreDNS would not start with it.`,
    "Allowed is a whole Corefile: at least one block such as `.:53 { … }`.",
    "Write the whole file, or leave it out for the one that kubeadm generates.",
  );
