import type { ComponentId } from "../../catalog/component-id";
import { didYouMean } from "../../catalog/similar-name";
import { error, show } from "../errors";

/** Errors about the flags of components, and about feature gates. `where` is the prop, such as `apiServer.extraArgs`. */

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

export const foreignNodeLabel = (where: string, label: string) =>
  error(
    `${where} has --node-labels with ${show(label)}, which kubelet may not set.`,
    "Allowed of kubernetes.io and k8s.io are labels of kubelet.kubernetes.io, node.kubernetes.io, and a few such as topology.kubernetes.io/zone.",
    "Write it into labels of the node.",
  );

export const removedFlag = (
  where: string,
  flag: string,
  version: string,
  since: string,
  instead: string,
) =>
  error(
    `${where} has --${flag}, which Kubernetes ${version} does not know: it was removed in ${since}.`,
    `Instead: ${instead}.`,
    "Remove it from extraArgs.",
  );

/** @param known The flags of the component. */
export const invalidFlag = (
  where: string,
  flag: string,
  known: readonly string[],
) =>
  error(
    `${where} has the flag ${show(flag)}.`,
    "Allowed are names without leading dashes: lower case letters, digits, - and .",
    didYouMean(flag.split(/[= ]/)[0], known) ??
      'Write extraArgs: { "audit-log-maxage": "30" }, for example.',
  );

export const unknownFeatureGate = (
  gate: string,
  version: string,
  known: readonly string[],
) =>
  error(
    `featureGates has ${show(gate)}, which is not a feature gate of kubeadm ${version}.`,
    `Allowed: ${known.join(", ")}.`,
    didYouMean(gate, known) ??
      "Remove it; set the feature gates of a component with feature-gates in its extraArgs.",
  );
