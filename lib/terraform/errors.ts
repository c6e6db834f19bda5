import { WORKSPACE } from "../catalog/paths";
import { InputError } from "../props/input-error";
import { hasToken } from "./expression";

/** Errors at synthesis. Each message says what was given, what is allowed, and what to do. */

const shown = (path: string): string =>
  hasToken(path) ? "(a token, known only at apply)" : path;

export const storeInUse = (path: string, first: string, second: string) =>
  new InputError(
    `"${path}" belongs to ${first}, so it cannot also belong to ${second}.`,
    "Each cluster has its own store, and each file of a store belongs to one resource.",
    "Give the second one another clusterName, directory or path.",
  );

export const storeInStore = (path: string, other: string, owner: string) =>
  new InputError(
    `"${path}" cannot be the folder of a store: "${other}" is the store of ${owner}, and one of these folders is inside the other, or would be in some workspace. Destroying one would delete the keys of the other.`,
    "The folder must be outside all other stores.",
    "Give one of them another clusterName, directory or outputDirectory. If a store is there already, move it before you deploy.",
  );

export const storeOfExpression = (directory: string) =>
  new InputError(
    `"${directory}" cannot be the folder of a store: it is not evaluated as a Terraform expression, so as a text it would be the same in every workspace.`,
    `It must be a literal path, in which only ${WORKSPACE} is replaced by the workspace.`,
    `Write for example outputDirectory: "clusters/${WORKSPACE}".`,
  );

export const storeOutside = (path: string, directory: string) =>
  new InputError(
    `"${shown(path)}" cannot be the path of a file of the store.`,
    `It must be a literal path inside ${directory}, of letters, digits and . _ - @ + : ~, without a leading "/" and without "..".`,
    'Write for example "certificates/metrics".',
  );

export const storeAround = (directory: string) =>
  new InputError(
    `"${shown(directory)}" cannot be the folder of a store.`,
    "It must be the literal path of a separate folder: only you will be able to read it, and destroy empties it, so it must not contain the program.",
    'Write for example directory: "clusters/example".',
  );

export const storeAroundOutput = (directory: string, output: string) =>
  new InputError(
    `"${directory}" cannot be the folder of a store: it contains cdktf's output folder ${output}, and destroy empties a store.`,
    "It must be a separate folder.",
    'Set "output" in cdktf.json to a folder outside it, for example "cdktf.out".',
  );

export const storeInOutput = (directory: string, output: string) =>
  new InputError(
    `"${directory}" cannot be the folder of a store: it is inside cdktf's output folder ${output}, which may be deleted at any time, but the keys of a store can never be made again.`,
    "It must be outside that folder.",
    'Set another directory or outputDirectory, or another "output" in cdktf.json. If a store is there already, move it before you deploy.',
  );

export const storeElsewhere = (what: string, stack: string, other: string) =>
  new InputError(
    `${what} is in the stack ${other}, but its store is in the stack ${stack}.`,
    "Everything in a store must belong to the same stack.",
    `Create it in the stack ${stack}, and read its values from the stack ${other}.`,
  );

/** cdktf or its successor cdktn, with its major and minor version. */
export interface Library {
  readonly name: string;
  readonly version: string;
}

export const otherLibrary = (stack: string, theirs: Library, own: Library) =>
  new InputError(
    `The stack "${stack}" was made with ${named(theirs)}, but this package, ${packageFor(own)}, is for ${own.name}.`,
    `The package for ${theirs.name} is ${packageFor(theirs)}. It has the same contents.`,
    `Run \`npm uninstall ${packageFor(own)} && npm install ${packageFor(theirs)}\`, and import from "${packageFor(theirs)}".`,
  );

export const otherVersion = (stack: string, theirs: Library, own: Library) =>
  new InputError(
    `The stack "${stack}" was made with ${named(theirs)}, but ${packageFor(own)} found ${named(own)}.`,
    "Both must be the same version.",
    `Run \`npm install ${own.name}@${own.version}\`. If \`npm ls ${own.name}\` then still shows two versions, it also shows which package needs the other one.`,
  );

export const otherProvider = (
  provider: string,
  theirs: Library,
  own: Library,
) =>
  new InputError(
    `The provider "${provider}" was made with ${named(theirs)}, but its stack with ${named(own)}.`,
    "Both must be made with the same library.",
    `Run \`${own.name} provider add null\`, and import the provider from the package or folder that this command names.`,
  );

const named = ({ name, version }: Library): string => `${name} ${version}`;

/** Both packages are made of the same sources: see scripts/tarballs.mjs. */
const packageFor = ({ name }: Library): string => `${name}-control-plane`;

export const noHcl = (path: string) =>
  new InputError(
    `${path} cannot be written as HCL.`,
    "Allowed is JSON, which is cdktf's default.",
    "Remove hclOutput: true or --hcl.",
  );

export const requestTooLong = (
  owner: string,
  length: number,
  most: number,
  longest: readonly { readonly name: string; readonly bytes: number }[],
) => {
  const texts = longest.map(({ name, bytes }) => `${name} (${kib(bytes)})`);
  return new InputError(
    `The request of ${owner} to the agent is too long: ${kib(length)}, compressed and in base64.`,
    `It may have at most ${kib(most)}, because operating systems limit the environment of a process.`,
    texts.length > 0
      ? `Its longest texts are ${texts.join(", ")}. Write long texts to files and pass their paths, as file of manifests or as source of a node's file: then the request contains only the path and a hash.`
      : "Divide its nodes into several worker pools.",
  );
};

const kib = (bytes: number): string => `${Math.ceil(bytes / 1024)} KiB`;
