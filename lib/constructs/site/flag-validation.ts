import type { ComponentId } from "../../catalog/component-id";
import { etcdVariables, twinsIn, variableOf } from "../../catalog/etcd-flags";
import { isIn, knownFlags } from "../../catalog/flags/known";
import { isKubeletLabel } from "../../catalog/node-labels";
import { removedFlag } from "../../catalog/removed-flags";
import type { ExtraArgs, Site, SiteNode } from "../../catalog/site";
import { hasToken } from "../../terraform/expression";
import type { Requirement } from "../../terraform/requirement";
import type { ClusterProps } from "./cluster-props";
import * as errors from "./flag-errors";
import { flagGroups } from "./flag-groups";
import {
  controlCharacterInFlag,
  nulInValue,
  valueTooLong,
} from "./runtime-errors";

/** Flags of a component, and the prop that sets them, such as `kubelet.extraArgs`. */
export interface FlagSet {
  readonly where: string;
  readonly component: ComponentId;
  readonly args: ExtraArgs;
}

/** The flags of a cluster that are checked. */
export function flagSets(site: Site, props: ClusterProps): FlagSet[] {
  const { etcd, kubelet } = site;
  return [
    ...flagGroups(site, props).flatMap(({ prop, row, extraArgs, addArgs }) =>
      // With an etcd version of the user's choice, other flags may be allowed.
      row.id === "etcd" && etcd.kind === "local" && etcd.image.tag
        ? []
        : [
            { where: `${prop}.extraArgs`, component: row.id, args: extraArgs },
            { where: `${prop}.addArgs`, component: row.id, args: addArgs },
          ],
    ),
    kubeletFlagSet("kubelet.extraArgs", kubelet.extraArgs),
    ...site.nodes.map(nodeFlagSet),
  ];
}

export const kubeletFlagSet = (where: string, args: ExtraArgs): FlagSet => ({
  where,
  component: "kubelet",
  args,
});

export const nodeFlagSet = ({ name, kubeletExtraArgs }: SiteNode): FlagSet =>
  kubeletFlagSet(`kubeletExtraArgs of node ${name}`, kubeletExtraArgs);

/** What the values of flags must be whose types are known. */
export const flagRequirements = (
  { allowUnknownFlags }: Site,
  { where, component, args }: FlagSet,
): Requirement[] =>
  Object.entries(args).flatMap(([flag, values]) => {
    const type = knownFlags(component).get(flag)?.type;
    if (!type || allowUnknownFlags) return [];
    return [values].flat().map((value) => ({
      value,
      patterns: [type.pattern],
      error: (given) => errors.wrongFlagValue(where, flag, given, type.allowed),
    }));
  });

/**
 * Throws if etcd would not start because two flags, or a flag and a variable, set the same thing. The site must be
 * valid, because the default flags are made from it.
 */
export function validateEtcdFlags(site: Site, props: ClusterProps): void {
  const group = flagGroups(site, props).find(({ row }) => row.id === "etcd");
  if (!group) return;
  const { row, defaults, extraArgs, addArgs } = group;
  const { extraEnvs } = row.options(site);
  const variables = etcdVariables(extraEnvs);
  const twins = twinsIn(variables, addArgs, extraArgs);
  if (twins) throw errors.twinFlags(...twins);
  const flags = { ...defaults(), ...addArgs, ...extraArgs };
  const shadowed = Object.keys(variables).find((flag) => flag in flags);
  if (shadowed !== undefined)
    throw errors.shadowedVariable(variableOf(shadowed), shadowed);
}

/** Throws if a component cannot be started with the flags, apart from their {@link flagRequirements}. */
export function validateFlags(
  site: Site,
  { where, component, args }: FlagSet,
): void {
  for (const [flag, values] of Object.entries(args)) {
    if (!/^[a-z0-9][a-z0-9.-]*$/.test(flag))
      throw errors.invalidFlag(where, flag, [...knownFlags(component).keys()]);
    if (!site.allowUnknownFlags) requireFlag(site, where, component, flag);
    for (const value of [values].flat()) {
      validateArgument(`${where} has --${flag}`, `--${flag}`, value);
      if (component === "kubelet" && hasControlCharacter(value))
        throw controlCharacterInFlag(where, flag, value);
      if (component === "kubelet" && flag === "node-labels")
        validateNodeLabels(where, value);
    }
  }
}

/** Throws if kubelet would not start because it may not set a label. */
function validateNodeLabels(where: string, value: string): void {
  const wrong = value
    .split(",")
    .map((label) => label.split("=")[0].trim())
    .find((key) => !hasToken(key) && !isKubeletLabel(key));
  if (wrong !== undefined) throw errors.foreignNodeLabel(where, wrong);
}

/** Throws if the component does not have the flag in this version of Kubernetes. */
function requireFlag(
  { version }: Site,
  where: string,
  component: ComponentId,
  flag: string,
): void {
  const removed = removedFlag(component, flag, version);
  if (removed)
    throw errors.removedFlag(
      where,
      flag,
      version.text,
      removed.since,
      removed.instead,
    );
  const all = knownFlags(component);
  const known = all.get(flag);
  if (!known)
    throw errors.unknownFlag(where, component, flag, version.text, [
      ...all.keys(),
    ]);
  // The version of etcd does not follow from the version of Kubernetes alone.
  if (component !== "etcd" && !isIn(known, version.minor))
    throw errors.laterFlag(where, flag, version.text, known.from);
}

/** The longest flag or variable on Linux, in bytes, including the NUL at its end. */
const LONGEST_ARGUMENT = 128 * 1024;

/** Throws if Linux cannot start a program with the flag or variable. */
export function validateArgument(
  what: string,
  name: string,
  value: string,
): void {
  if (value.includes("\0")) throw nulInValue(what, value);
  const bytes = Buffer.byteLength(`${name}=${value}`) + 1;
  if (bytes > LONGEST_ARGUMENT) throw valueTooLong(what, bytes);
}

/**
 * Whether a value contains a character because of which systemd before version 246 ignores the variable with kubelet's
 * flags.
 */
const hasControlCharacter = (value: string): boolean =>
  // eslint-disable-next-line no-control-regex
  !hasToken(value) && /[\x00-\x08\x0b-\x1f\x7f]/.test(value);
