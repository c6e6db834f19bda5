import { Annotations } from "cdktf";
import type { Construct } from "constructs";
import type { ComponentId } from "../../catalog/component-id";
import { etcdVariables } from "../../catalog/etcd-flags";
import { KUBELET_FIELDS } from "../../catalog/flags/kubelet";
import { FLAG_OWNERS, warnPolicies } from "../../catalog/flags/policies";
import type { FlagCondition, WarnPolicy } from "../../catalog/flags/policy";
import { kubeletDefaults } from "../../catalog/kubelet";
import type { ExtraArgs, Site, SiteNode } from "../../catalog/site";
import { type Assertion, PlanWarning } from "../../terraform/plan-warning";
import {
  code,
  type Expression,
  hasToken,
  quote,
} from "../../terraform/expression";
import type { ClusterProps } from "./cluster-props";
import { flagGroups } from "./flag-groups";
import { unknownAcceptedFlag } from "./runtime-errors";

/** The flags of one component that the user set in one prop. */
export interface GivenFlags {
  readonly component: ComponentId;
  /** The prop, such as `apiServer` or `kubeletExtraArgs of node cp-1`. */
  readonly where: string;
  readonly defaults: ExtraArgs;
  /** Flags for the same process from more general props. */
  readonly inherited?: ExtraArgs;
  readonly args: ExtraArgs;
}

/** The warnings at synthesis, and the assertions that warn in plans about values that are known only then. */
export interface FlagWarnings {
  readonly warnings: readonly string[];
  readonly assertions: readonly Assertion[];
}

export function flagWarningsOf(
  given: readonly GivenFlags[],
  accepted: readonly string[] = [],
): FlagWarnings {
  const opened = given.flatMap((flags) =>
    warnPolicies(flags.component, Object.keys(flags.args))
      .filter(({ flag }) => !accepted.includes(nameOf(flags.component, flag)))
      .map((policy) => ({
        open: isOpen(policy, flags),
        message: warning(flags, policy),
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
  given: readonly GivenFlags[],
  accepted?: readonly string[],
): void {
  const { warnings, assertions } = flagWarningsOf(given, accepted);
  for (const each of warnings) Annotations.of(construct).addWarning(each);
  // Node names have no capital letters, so this id cannot collide with a node's.
  if (assertions.length > 0)
    new PlanWarning(construct, "flagWarnings", () => assertions);
}

/** The flags that the user set for all nodes, and for single control-plane nodes. */
export function clusterFlags(site: Site, props: ClusterProps): GivenFlags[] {
  const { config, extraArgs } = site.kubelet;
  return [
    ...flagGroups(site, props).map((group): GivenFlags => {
      const { prop: where, row, extraArgs } = group;
      const defaults = group.defaults();
      const { extraEnvs } = row.options(site);
      const variables = row.id === "etcd" && etcdVariables(extraEnvs);
      return {
        component: row.id,
        where,
        defaults,
        args: { ...variables, ...extraArgs },
      };
    }),
    kubeletFlags(site, "kubelet", { ...fieldsOf(config), ...extraArgs }),
    ...nodeFlags(site, site.nodes),
  ];
}

/** @param args The flags of the kubelets, including the fields of their configuration as flags. */
export const kubeletFlags = (
  site: Site,
  where: string,
  args: ExtraArgs,
  inherited?: ExtraArgs,
): GivenFlags => ({
  component: "kubelet",
  where,
  defaults: fieldsOf(kubeletDefaults(site)),
  args,
  inherited,
});

/** The kubelet flags of single nodes, which override those of the site. */
export const nodeFlags = (
  site: Site,
  nodes: readonly SiteNode[],
): GivenFlags[] =>
  nodes.map(({ name, kubeletExtraArgs }) =>
    kubeletFlags(site, `kubeletExtraArgs of node ${name}`, kubeletExtraArgs, {
      ...fieldsOf(site.kubelet.config),
      ...site.kubelet.extraArgs,
    }),
  );

/** The fields of a KubeletConfiguration as the flags that they correspond to. */
export function fieldsOf(config: Readonly<Record<string, unknown>>): ExtraArgs {
  return Object.fromEntries(
    Object.entries(KUBELET_FIELDS).flatMap(([flag, path]) => {
      const value = path
        .split(".")
        .reduce<unknown>(
          (object, name) =>
            (object as Readonly<Record<string, unknown>> | undefined)?.[name],
          config,
        );
      return value === undefined || value === null
        ? []
        : [[flag, textsOf(value)]];
    }),
  );
}

const textsOf = (value: unknown): string | string[] => {
  if (Array.isArray(value)) return value.map(String);
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(value).map(([name, each]) => `${name}=${each}`);
};

/** Throws if an accepted flag is one that no warning names. */
export function requireKnownFlags(accepted: readonly string[] = []): void {
  for (const each of accepted) {
    const [component, flag = ""] = each.split(" --");
    const known = FLAG_OWNERS.flatMap((id) =>
      warnPolicies(id, id === component ? [flag] : []).map((policy) =>
        nameOf(id, policy.flag),
      ),
    );
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
  { component, where, args, inherited, defaults }: GivenFlags,
  { flag, risk }: WarnPolicy,
): string {
  const values = [args[flag] ?? inherited?.[flag] ?? defaults[flag]].flat();
  const shown = hasToken(values) ? "" : `=${values.join(",")}`;
  return (
    `${where}: ${nameOf(component, flag)}${shown} weakens the cluster: ${risk}. ` +
    `It takes effect, as with kubeadm. If you want this, add "${nameOf(component, flag)}" to acceptedFlags.`
  );
}

/** Whether a policy warns of the flags. The result is an expression if values are known only at apply. */
function isOpen({ when }: WarnPolicy, given: GivenFlags): boolean | Expression {
  if (!when.some(({ flag }) => flag in given.args)) return false;
  const all = when.map((condition) => isMet(condition, given));
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
  { args, inherited, defaults }: GivenFlags,
): boolean | Expression {
  const standard = defaults[flag];
  const given = args[flag] ?? inherited?.[flag] ?? standard;
  if (given === undefined) return false;
  const values = [given].flat();
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
