import { addPolicies, addPolicy } from "../../catalog/flags/policies";
import type { AddPolicy } from "../../catalog/flags/policy";
import type { ExtraArgs, Site } from "../../catalog/site";
import { isListToken } from "../../terraform/tokens";
import type { ClusterProps } from "./cluster-props";
import { addedArgs, type FlagGroup, flagGroups } from "./flag-groups";
import { notAddable } from "./runtime-errors";

/** Returns the site with the user's `addArgs` merged into the flags. The site must be valid. */
export function withAddedArgs(site: Site, props: ClusterProps): Site {
  if (Object.values(addedArgs(props)).every((args) => args === undefined))
    return site;
  const argsOf = new Map(
    flagGroups(site, props).map((group) => [group.row.id, allArgs(group)]),
  );
  const { apiServer, controllerManager, scheduler, etcd } = site;
  return {
    ...site,
    apiServer: { ...apiServer, ...argsOf.get("kube-apiserver") },
    controllerManager: {
      ...controllerManager,
      ...argsOf.get("kube-controller-manager"),
    },
    scheduler: { ...scheduler, ...argsOf.get("kube-scheduler") },
    etcd: { ...etcd, ...argsOf.get("etcd") },
  };
}

function allArgs({ prop, row, defaults, extraArgs, addArgs }: FlagGroup): {
  readonly extraArgs: ExtraArgs;
} {
  const lists = Object.entries(addArgs).map(([flag, added]) => {
    const policy = addPolicy(row.id, flag);
    if (!policy) {
      const known = addPolicies(row.id).map((each) => each.flag);
      throw notAddable(`${prop}.addArgs`, flag, row.id, known);
    }
    return [flag, joined(policy, extraArgs[flag] ?? defaults()[flag], added)];
  });
  return { extraArgs: { ...extraArgs, ...Object.fromEntries(lists) } };
}

/** Joins a list and its additions, without duplicates. */
function joined(
  { values }: AddPolicy,
  current: ExtraArgs[string] | undefined,
  added: ExtraArgs[string],
): ExtraArgs[string] {
  const all = [current ?? [], added].flat();
  if (values === "repeated" || all.some(isListToken)) return [...new Set(all)];
  const words = all.flatMap((value) => value.split(","));
  return [...new Set(words.map((word) => word.trim()))].join(",");
}
