import { didYouMean } from "../catalog/similar-name";
import { InputError } from "../props/input-error";

/** Errors of tests that ask for something that is not there. None of them is a failed assertion. */
const error = (what: string, allowed: string, todo: string) =>
  new InputError(what, allowed, todo);

const listed = (names: readonly string[]): string =>
  names.length === 0 ? "none" : names.join(", ");

const SOURCES =
  "Allowed is a TerraformStack, or the folder of a synthesized stack.";

export const notASource = () =>
  error(
    "Neither a stack nor a folder was given.",
    SOURCES,
    "Give the stack itself, not the JSON that Testing.synth makes of it: the JSON does not say what each resource is.",
  );

export const noStackFolder = (folder: string, stacks: readonly string[]) =>
  error(
    stacks.length === 0
      ? `${folder} has no synthesized stack in it.`
      : `${folder} has several stacks in it: ${listed(stacks)}.`,
    SOURCES,
    stacks.length === 0
      ? "Synthesize first, for example with Testing.fullSynth(stack), which returns the folder."
      : `Name one of them: ${folder}/stacks/${stacks[0]}.`,
  );

export const noStore = (stack: string) =>
  error(
    `The stack ${stack} has nothing of cdktf-control-plane.`,
    "A stack with a ControlPlane, or with parts of one, can be examined.",
    "Check that the construct is made in this stack, and before it is examined.",
  );

export const whichCluster = (stack: string, clusters: readonly string[]) =>
  error(
    `The stack ${stack} has ${clusters.length} clusters.`,
    `They are ${listed(clusters)}.`,
    `Name one: controlPlaneIn(stack, "${clusters[0]}").`,
  );

/** @param where `on cp-1`, `in the cluster prod` */
export const unknown = (
  noun: string,
  name: string,
  where: string,
  known: readonly string[],
) =>
  error(
    `There is no ${noun} "${name}" ${where}.`,
    `There is: ${listed(known)}.`,
    didYouMean(name, known) ?? "Check the name.",
  );

export const whichNode = (
  noun: string,
  name: string,
  nodes: readonly string[],
) =>
  error(
    `${nodes.length} nodes have the ${noun} "${name}".`,
    `They are ${listed(nodes)}.`,
    `Name one of them: controlPlaneIn(stack).on("${nodes[0]}").`,
  );

export const unknownFlag = (
  component: string,
  flag: string,
  known: readonly string[],
) =>
  error(
    `No version of ${component} knows --${flag}.`,
    "A test may ask for flags that the component knows, or that its command has.",
    didYouMean(flag, known, (name) => `--${name}`) ?? "Check the name.",
  );
