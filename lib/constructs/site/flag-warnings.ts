import { Annotations } from "cdktf";
import type { Construct } from "constructs";
import { valuesOf } from "../../catalog/arguments";
import type { ComponentId } from "../../catalog/component-id";
import { FLAG_OWNERS, warnPolicies } from "../../catalog/flags/policies";
import { FLAG_CHECKS } from "../../catalog/hardening/checks";
import type { FlagCondition, WarnPolicy } from "../../catalog/flags/policy";
import { type Assertion, PlanWarning } from "../../terraform/plan-warning";
import {
  code,
  type Expression,
  hasToken,
  quote,
} from "../../terraform/expression";
import { unknownAcceptedFlag } from "./flag-errors";
import type { FlagGroup } from "./flags";

/** The warnings at synthesis, and the assertions that warn in plans about values that are known only then. */
export interface FlagWarnings {
  readonly warnings: readonly string[];
  readonly assertions: readonly Assertion[];
}

export function flagWarningsOf(
  groups: readonly FlagGroup[],
  accepted: readonly string[] = [],
): FlagWarnings {
  const opened = groups.flatMap((group) =>
    warnPolicies(group.component, Object.keys(group.given))
      .filter(({ flag }) => !accepted.includes(nameOf(group.component, flag)))
      .map((policy) => ({
        open: isOpen(policy, group),
        message: warning(group, policy),
      })),
  );
  return {
    warnings: opened
      .filter(({ open }) => open === true)
      .map(({ message }) => message),
    assertions: opened
      .filter(({ open }) => typeof open !== "boolean")
      .map(({ open, message }) => ({
        condition: code`!(${open})`.toString(),
        message,
      })),
  };
}

export function warnOfFlags(
  construct: Construct,
  groups: readonly FlagGroup[],
  accepted?: readonly string[],
): void {
  const { warnings, assertions } = flagWarningsOf(groups, accepted);
  for (const each of warnings) Annotations.of(construct).addWarning(each);
  // Node names have no capital letters, so this id cannot collide with a node's.
  if (assertions.length > 0)
    new PlanWarning(construct, "flagWarnings", () => assertions);
}

/** Throws if an accepted flag is one that no warning names. */
export function requireKnownFlags(accepted: readonly string[] = []): void {
  for (const each of accepted) {
    const [component, flag = ""] = each.split(" --");
    const known = [
      ...FLAG_OWNERS.flatMap((id) =>
        warnPolicies(id, id === component ? [flag] : []).map((policy) =>
          nameOf(id, policy.flag),
        ),
      ),
      ...FLAG_CHECKS.flatMap(({ test }) =>
        test.either.flat().map((each) => nameOf(test.component, each.flag)),
      ),
    ];
    if (!known.includes(each))
      throw unknownAcceptedFlag(
        each,
        known.filter((name) => name.startsWith(`${component} `)),
      );
  }
}

const nameOf = (component: ComponentId, flag: string): string =>
  `${component} --${flag}`;

function warning(
  { component, prop, effective }: FlagGroup,
  { flag, risk }: WarnPolicy,
): string {
  const values = valuesOf(effective, flag);
  const shown = hasToken(values) ? "" : `=${values.join(",")}`;
  return (
    `${prop}: ${nameOf(component, flag)}${shown} weakens the cluster: ${risk}. ` +
    `It takes effect, as with kubeadm. If you want this, add "${nameOf(component, flag)}" to acceptedFlags.`
  );
}

/** Whether a policy warns of the flags. The result is an expression if values are known only at apply. */
function isOpen({ when }: WarnPolicy, group: FlagGroup): boolean | Expression {
  if (!when.some(({ flag }) => flag in group.given)) return false;
  const all = when.map((condition) => isMet(condition, group));
  if (all.includes(false)) return false;
  return all
    .filter((each) => each !== true)
    .reduce<true | Expression>(
      (sum, each) =>
        sum === true ? (each as Expression) : code`${sum} && ${each}`,
      true,
    );
}

function isMet(
  { flag, test, pattern }: FlagCondition,
  { defaults, effective }: FlagGroup,
): boolean | Expression {
  if (!(flag in effective)) return false;
  const standard = defaults[flag];
  const values = valuesOf(effective, flag);
  const needsDefault = test === "lacks" || test === "differs";
  if (needsDefault && standard === undefined) return false;
  const known = !hasToken(values);
  if (test === "differs")
    return known
      ? values.at(-1)?.trim() !== standard
      : code`${last(values)} != ${quote(String(standard))}`;
  // A required name must match exactly. For the other tests, upper and lower case are the same.
  const whole = test === "lacks" ? `^(?:${pattern})$` : `(?i)^(?:${pattern})$`;
  if (!known) {
    const texts = test === "is" ? code`[${last(values)}]` : wordsIn(values);
    const count = code`length([for text in ${texts} : text if length(regexall(${quote(whole)}, text)) > 0])`;
    return code`${count} ${test === "lacks" ? "==" : ">"} 0`;
  }
  const matcher = new RegExp(`^(?:${pattern})$`, test === "lacks" ? "" : "i");
  if (test === "is") return matcher.test(values.at(-1)?.trim() ?? "");
  const words = values.flatMap((value) => value.split(","));
  return words.some((word) => matcher.test(word.trim())) === (test === "has");
}

const last = (values: readonly string[]): Expression =>
  code`trimspace(reverse(${values})[0])`;

const wordsIn = (values: readonly string[]): Expression =>
  code`[for word in split(",", join(",", ${values})) : trimspace(word)]`;
