import type { Construct } from "constructs";
import { lastValue, valuesOf } from "../../catalog/arguments";
import { type HardeningCheck, holds } from "../../catalog/hardening/check";
import { FLAG_CHECKS } from "../../catalog/hardening/checks";
import { CIS_ROWS } from "../../catalog/hardening/cis";
import { OPEN_ROWS } from "../../catalog/hardening/open";
import type { Site } from "../../catalog/site";
import { runtimeOf } from "../../catalog/units";
import { hasToken } from "../../terraform/expression";
import { show } from "../errors";
import { warnOfFlags } from "./flag-warnings";
import type { FlagGroup } from "./flags";
import { addWarnings } from "./site-warnings";

/** Whether a check is known not to hold, for a reason that is documented. */
export const isOpen = (site: Site, { id, test }: HardeningCheck): boolean =>
  OPEN_ROWS.some(
    ({ checks, runtime }) =>
      checks.includes(id) &&
      (runtime === undefined ||
        runtime ===
          runtimeOf(site, test.on === "flags" ? test.component : "kubelet")
            .kind),
  );

/** Warns of flags that weaken the cluster, and of checks that fail because of what the user gives. */
export function warnOfGroups(
  construct: Construct,
  site: Site,
  groups: readonly FlagGroup[],
  accepted?: readonly string[],
): void {
  warnOfFlags(construct, groups, accepted);
  addWarnings(construct, hardeningWarnings(site, groups, accepted));
}

/** Warnings about checks that fail. Values that are known only at apply are trusted. */
function hardeningWarnings(
  site: Site,
  groups: readonly FlagGroup[],
  accepted: readonly string[] = [],
): string[] {
  if (site.hardening === undefined) return [];
  return groups.flatMap((group) =>
    FLAG_CHECKS.filter(({ test }) => test.component === group.component)
      .filter((check) => !isOpen(site, check))
      .flatMap((check) => {
        const flags = [
          ...new Set(check.test.either.flat().map(({ flag }) => flag)),
        ];
        const { component, given, effective } = group;
        const isAccepted = flags.some((flag) =>
          accepted.includes(`${component} --${flag}`),
        );
        // Of the kubelets of a node or a pool, only what they have themselves is new.
        const isNew =
          component !== "kubelet" ||
          group.prop === "kubelet" ||
          flags.some((flag) => flag in given);
        return isAccepted ||
          !isNew ||
          hasToken(flags.map((flag) => valuesOf(effective, flag))) ||
          holds(check.test, effective)
          ? []
          : [warning(site, group, check, flags)];
      }),
  );
}

function warning(
  site: Site,
  { component, prop, effective }: FlagGroup,
  { id, what }: HardeningCheck,
  flags: readonly string[],
): string {
  const row = CIS_ROWS.find(({ checks }) => checks.includes(id));
  const set = flags.find((flag) => lastValue(effective, flag) !== undefined);
  const why =
    row?.unless?.(site) ??
    (set === undefined
      ? `${prop} does not set --${flags[0]}`
      : `${prop} has --${set}=${show(lastValue(effective, set))}`);
  return (
    `hardening: the check ${id} of the CIS benchmark fails (${what}), because ${why}. ` +
    `It takes effect. If you want this, add "${component} --${set ?? flags[0]}" to acceptedFlags.`
  );
}
