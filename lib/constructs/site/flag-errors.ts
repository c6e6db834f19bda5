import type { ComponentId } from "../../catalog/component-id";
import { didYouMean } from "../../catalog/similar-name";
import { error, show } from "../errors";

/** Errors about the flags of components. `where` is the prop, such as `apiServer.extraArgs`. */

export function unknownFlag(
  where: string,
  component: ComponentId,
  flag: string,
  version: string,
  known: readonly string[],
) {
  return error(
    `${where} has --${flag}, which ${component} of Kubernetes ${version} does not have.`,
    "Allowed are the flags of the component, or any flag with allowUnknownFlags: true, for components that you build yourself.",
    didYouMean(flag, known) ?? "Correct its name, or remove it.",
  );
}

export const laterFlag = (
  where: string,
  flag: string,
  version: string,
  from: number | undefined,
) =>
  error(
    `${where} has --${flag}, which Kubernetes ${version} does not have${from === undefined ? "" : ` yet: it came with 1.${from}`}.`,
    "Allowed are the flags of this version.",
    "Remove it, or choose another kubernetesVersion.",
  );

export const wrongFlagValue = (
  where: string,
  flag: string,
  given: string,
  allowed: string,
) =>
  error(
    `${where} has --${flag} with the value ${show(given)}.`,
    `Allowed is ${allowed}.`,
    "Correct the value; the component would not start with it.",
  );

export const twinFlags = (first: string, second: string) =>
  error(
    `etcd is started with --${first} and --${second}, which set the same thing.`,
    "Allowed is one of them, because etcd does not start with both.",
    `Remove --${[first, second].find((flag) => flag.startsWith("experimental-")) ?? second}.`,
  );

export const shadowedVariable = (name: string, flag: string) =>
  error(
    `etcd.extraEnvs has ${name}, but etcd is started with --${flag}.`,
    "Allowed is one of them, because etcd does not start with both.",
    `Remove the variable, and write etcd.extraArgs: { ${show(flag)}: … }.`,
  );
