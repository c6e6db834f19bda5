import type { ComponentId } from "../../catalog/component-id";
import type { GateProblem } from "../../catalog/flags/removed-gates";
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

export const unusableGate = (
  where: string,
  version: string,
  on: boolean,
  { gate, since, locked }: GateProblem,
) =>
  locked === undefined
    ? error(
        `${where} has the feature gate ${gate}, which Kubernetes ${version} does not know: it was removed in 1.${since}.`,
        "A component does not start with an unknown feature gate.",
        "Remove it.",
      )
    : error(
        `${where} sets the feature gate ${gate} to ${on}, but Kubernetes 1.${since} locked it to ${locked}.`,
        `Allowed is ${locked}, with which a component of ${version} starts.`,
        "Remove it.",
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

/** @param what The flag or variable, such as `apiServer.extraArgs has --v`. */
export const nulInValue = (what: string, value: string) =>
  error(
    `${what} with the value ${show(value)}, which contains the character NUL.`,
    "Allowed is any string without NUL, which cannot be passed in a flag or a variable.",
    "Remove the character.",
  );

export const valueTooLong = (what: string, bytes: number) =>
  error(
    `${what} with a value of ${Math.ceil(bytes / 1024)} KiB.`,
    "Allowed are less than 128 KiB: Linux cannot start a program with a longer flag or variable.",
    "If the program can read the value from a file, add the file with the node's files, and set the path.",
  );

const NO_CONTROLS =
  "Allowed are all characters except control characters other than tab and line feed (\\n); because of such a character, older versions of systemd would ignore all flags of kubelet.";
const REMOVE_CONTROL =
  "Remove the character, or set the corresponding field of kubelet.config instead.";

export const controlCharacterInFlag = (
  where: string,
  flag: string,
  value: string,
) =>
  error(
    `${where} has --${flag} with the value ${show(value)}, which contains a control character.`,
    NO_CONTROLS,
    REMOVE_CONTROL,
  );

/** The message of a Terraform precondition, for values that are known only at apply. */
export const controlCharacterAtApply = (node: string): string =>
  `A flag of kubelet on ${node} has a value with a control character. ${NO_CONTROLS} ${REMOVE_CONTROL}`;

export const notAddable = (
  where: string,
  flag: string,
  component: string,
  known: readonly string[],
) =>
  error(
    `${where} has --${flag}, which is not a list flag of ${component} with a default value.`,
    known.length > 0
      ? `Allowed are ${known.map((each) => `--${each}`).join(", ")}.`
      : `${component} has no flags of this kind.`,
    "Set the flag in extraArgs instead.",
  );

export const unknownAcceptedFlag = (given: string, known: readonly string[]) =>
  error(
    `acceptedFlags has ${show(given)}, which never causes a warning.`,
    known.length > 0
      ? `Allowed are ${known.map((each) => show(each)).join(", ")}.`
      : 'Allowed are a component and one of its flags, as in warnings: "kube-apiserver --profiling".',
    "Copy it from the warning, or remove it.",
  );
