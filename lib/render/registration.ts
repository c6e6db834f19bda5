import { lastValue } from "../catalog/arguments";
import { isKubeletLabel } from "../catalog/node-labels";
import {
  type ExtraArgs,
  runsApiServer,
  type Site,
  type SiteNode,
  type Taint,
} from "../catalog/site";

/**
 * Whether kubelet itself gives the node its labels and taints, when it registers with the cluster: a worker without a
 * host. A rollout gives them to workers with hosts, and the objects of the cluster to control-plane nodes.
 */
export const registersAlone = (site: Site, node: SiteNode): boolean =>
  !node.hosted && !runsApiServer(site, node);

/** The labels of a worker without a host that kubelet may not give. */
export const labelsByHand = (
  node: SiteNode,
): readonly (readonly [string, string])[] =>
  Object.entries(node.labels).filter(([key]) => !isKubeletLabel(key));

/**
 * The flags of kubelet with the node's labels and taints. They are added to those that the user gives kubelet.
 */
export function withRegistration(
  site: Site,
  node: SiteNode,
  flags: ExtraArgs,
): ExtraArgs {
  if (!registersAlone(site, node)) return flags;
  const labels = Object.entries(node.labels)
    .filter(([key]) => isKubeletLabel(key))
    .map(([key, value]) => `${key}=${value}`);
  return {
    ...flags,
    ...joined(flags, LABELS, labels),
    // kubelet ignores the field of its configuration where it has the flag.
    ...(TAINTS in flags &&
      joined(flags, TAINTS, (node.taints ?? []).map(textOf))),
  };
}

const LABELS = "node-labels";
const TAINTS = "register-with-taints";

function joined(
  flags: ExtraArgs,
  flag: string,
  added: readonly string[],
): ExtraArgs {
  const given = lastValue(flags, flag);
  const all = [...(given ? [given] : []), ...added];
  return added.length === 0 ? {} : { [flag]: all.join(",") };
}

const textOf = ({ key, value = "", effect }: Taint): string =>
  `${key}=${value}:${effect}`;

/** The field of the kubelet configuration with the taints of a worker without a host; nothing if it has no taints. */
export function registeredTaints(
  site: Site,
  node: SiteNode,
): { readonly registerWithTaints?: readonly unknown[] } {
  const { taints = [] } = node;
  if (!registersAlone(site, node) || taints.length === 0) return {};
  const { registerWithTaints } = site.kubelet.config;
  const given = Array.isArray(registerWithTaints) ? registerWithTaints : [];
  return { registerWithTaints: [...given, ...taints] };
}
