import { argumentList, valuesOf } from "../../catalog/arguments";
import type { ComponentId } from "../../catalog/component-id";
import { ETCD } from "../../catalog/components";
import { etcdVariables, twinsIn, variableOf } from "../../catalog/etcd-flags";
import { isIn, knownFlags } from "../../catalog/flags/known";
import { isKubeletLabel } from "../../catalog/node-labels";
import { removedFlag } from "../../catalog/flags/removed-flags";
import type { Site } from "../../catalog/site";
import { hasToken } from "../../terraform/expression";
import type { Requirement } from "../../terraform/requirement";
import * as errors from "./flag-errors";
import { validateGateFlag } from "./gate-validation";
import { defaultsOf, type FlagSet } from "./flags";

/** What the values of flags must be whose types are known. */
export const flagRequirements = (
  { allowUnknownFlags }: Site,
  { where, component, args }: FlagSet,
): Requirement[] =>
  argumentList(args).flatMap(([flag, value]) => {
    const type = knownFlags(component).get(flag)?.type;
    if (!type || allowUnknownFlags) return [];
    const error = (given: string) =>
      errors.wrongFlagValue(where, flag, given, type.allowed);
    return [{ value, patterns: [type.pattern], error }];
  });

/**
 * Throws if etcd would not start because two flags, or a flag and a variable, set the same thing. The site must be
 * valid, because the default flags are made from it.
 */
export function validateEtcdFlags(site: Site): void {
  if (site.etcd.kind === "external") return;
  const { extraArgs, addArgs, extraEnvs } = site.etcd;
  const variables = etcdVariables(extraEnvs);
  const twins = twinsIn(variables, addArgs, extraArgs);
  if (twins) throw errors.twinFlags(...twins);
  const flags = { ...defaultsOf(ETCD, site), ...addArgs, ...extraArgs };
  const shadowed = Object.keys(variables).find((flag) => flag in flags);
  if (shadowed !== undefined)
    throw errors.shadowedVariable(variableOf(shadowed), shadowed);
}

/** Throws if a component cannot be started with the flags, apart from their {@link flagRequirements}. */
export function validateFlags(
  site: Site,
  { where, component, args }: FlagSet,
): void {
  for (const flag of Object.keys(args)) {
    if (!/^[a-z0-9][a-z0-9.-]*$/.test(flag))
      throw errors.invalidFlag(where, flag, [...knownFlags(component).keys()]);
    if (!site.allowUnknownFlags) requireFlag(site, where, component, flag);
    for (const value of valuesOf(args, flag)) {
      validateArgument(`${where} has --${flag}`, `--${flag}`, value);
      if (component === "kubelet" && hasControlCharacter(value))
        throw errors.controlCharacterInFlag(where, flag, value);
      if (component === "kubelet" && flag === "node-labels")
        validateNodeLabels(where, value);
      // etcd has feature gates of its own.
      if (component !== "etcd" && flag === "feature-gates")
        validateGateFlag(site, where, value);
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
  if (value.includes("\0")) throw errors.nulInValue(what, value);
  const bytes = Buffer.byteLength(`${name}=${value}`) + 1;
  if (bytes > LONGEST_ARGUMENT) throw errors.valueTooLong(what, bytes);
}

/**
 * Whether a value contains a character because of which systemd before version 246 ignores the variable with kubelet's
 * flags.
 */
const hasControlCharacter = (value: string): boolean =>
  // eslint-disable-next-line no-control-regex
  !hasToken(value) && /[\x00-\x08\x0b-\x1f\x7f]/.test(value);
