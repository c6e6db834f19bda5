import { WORKSPACE } from "../catalog/paths";
import { hasToken } from "./expression";

/** Errors at synthesis: what was given, what is allowed, what to do. */

export const storeInUse = (path: string, first: string, second: string) =>
  new Error(
    `"${path}" belongs to ${first} and cannot belong to ${second} as well. ` +
      "One cluster has one store, and each file of it one resource. " +
      "Give the second one a clusterName, a directory or a path of its own.",
  );

export const storeInStore = (path: string, other: string, owner: string) =>
  new Error(
    `"${path}" cannot be the folder of a store: "${other}" is the store of ${owner}, and one of the two is, or in some workspace would be, in the other one. ` +
      "Destroying the one would delete the keys of the other. Allowed is a folder outside of every other store. " +
      "Give one of them another clusterName, directory or outputDirectory. If a store is there already, move it before you deploy.",
  );

export const storeOfExpression = (directory: string) =>
  new Error(
    `"${directory}" cannot be the folder of a store: it is no expression of Terraform, and as text it would be the same in every workspace. ` +
      `Allowed is a literal path, in which exactly ${WORKSPACE} stands for the workspace. ` +
      `Write outputDirectory: "clusters/${WORKSPACE}", for example.`,
  );

export const storeOutside = (path: string, directory: string) =>
  new Error(
    `"${hasToken(path) ? "(a token, known only at apply)" : path}" cannot be the path of a file of the store. Allowed are literal paths inside of ${directory} ` +
      'of letters, digits and . _ - @ + : ~. Write it without leading "/" and "..", "certificates/metrics" for example.',
  );

export const storeAround = (directory: string) =>
  new Error(
    `"${hasToken(directory) ? "(a token, known only at apply)" : directory}" cannot be the folder of a store. Allowed is a literal path of a folder of its own: ` +
      "nobody else can read it, and destroy empties it, so it must not hold the program. " +
      'Write directory: "clusters/example", for example.',
  );

export const storeAroundOutput = (directory: string, output: string) =>
  new Error(
    `"${directory}" cannot be the folder of a store: cdktf writes to ${output}, which is in it, and destroy empties a store. ` +
      'Allowed is a folder of its own. Set "output" in cdktf.json to a folder outside of it, "cdktf.out" for example.',
  );

export const storeInOutput = (directory: string, output: string) =>
  new Error(
    `"${directory}" cannot be the folder of a store: it is in ${output}, which cdktf writes to and which may be deleted at any time, ` +
      "while nobody can make the keys of a store again. Allowed is a folder outside of it. " +
      'Give another directory, outputDirectory or "output" in cdktf.json. If a store is there already, move it before you deploy.',
  );

export const storeElsewhere = (what: string, stack: string, other: string) =>
  new Error(
    `${what} is in the stack ${other}, its store in the stack ${stack}. Allowed is one stack for all that a store holds. ` +
      "Make it in that stack, and read its values from the other one.",
  );

export const noHcl = (path: string) =>
  new Error(
    `${path} cannot be written as HCL. Allowed is JSON, cdktf's default. Leave out hclOutput: true and --hcl.`,
  );
