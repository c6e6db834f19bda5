import type { ComponentId } from "../../catalog/component-id";
import { etcdVariables, twinsIn, variableOf } from "../../catalog/etcd-flags";
import { type FlagType, isIn, knownFlags } from "../../catalog/flags/known";
import { isKubeletLabel } from "../../catalog/node-labels";
import { removedFlag } from "../../catalog/removed-flags";
import type { ExtraArgs, Site } from "../../catalog/site";
import { hasToken } from "../../terraform/expression";
import type { ClusterProps } from "./cluster-props";
import * as errors from "./flag-errors";
import { flagGroups } from "./flag-groups";
import {
  controlCharacterInFlag,
  nulInValue,
  valueTooLong,
} from "./runtime-errors";

export function validateFlags(site: Site, props: ClusterProps): void {
  const { etcd, kubelet } = site;
  for (const { prop, row, extraArgs, addArgs } of flagGroups(site, props)) {
    // With an etcd version of the user's choice, other flags may be allowed.
    if (row.id === "etcd" && etcd.kind === "local" && etcd.image.tag) continue;
    validateArguments(site, `${prop}.extraArgs`, row.id, extraArgs);
    validateArguments(site, `${prop}.addArgs`, row.id, addArgs);
  }
  validateArguments(site, "kubelet.extraArgs", "kubelet", kubelet.extraArgs);
  for (const { name, kubeletExtraArgs } of site.nodes) {
    const where = `kubeletExtraArgs of node ${name}`;
    validateArguments(site, where, "kubelet", kubeletExtraArgs);
  }
}

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

/** Throws if a component cannot be started with the flags. @param where The prop, such as `kubelet.extraArgs`. */
export function validateArguments(
  site: Site,
  where: string,
  component: ComponentId,
  args: ExtraArgs,
): void {
  for (const [flag, values] of Object.entries(args)) {
    if (!/^[a-z0-9][a-z0-9.-]*$/.test(flag))
      throw errors.invalidFlag(where, flag, [...knownFlags(component).keys()]);
    const type = site.allowUnknownFlags
      ? undefined
      : typeOfFlag(site, where, component, flag);
    for (const value of [values].flat()) {
      validateArgument(`${where} has --${flag}`, `--${flag}`, value);
      if (component === "kubelet" && hasControlCharacter(value))
        throw controlCharacterInFlag(where, flag, value);
      if (component === "kubelet" && flag === "node-labels")
        validateNodeLabels(where, value);
      if (type && !hasToken(value) && !type.accepts(value))
        throw errors.wrongFlagValue(where, flag, value, type.allowed);
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

/** The type of a flag. Throws if the component does not have the flag in this version of Kubernetes. */
function typeOfFlag(
  { version }: Site,
  where: string,
  component: ComponentId,
  flag: string,
): FlagType | undefined {
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
  return known.type;
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
