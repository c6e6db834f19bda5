import { error, show } from "../errors";

/** Errors about a local control plane. Each says what was given, what is allowed, and what to do. */

export const portInUse = (port: number, what: string, other: string) =>
  error(
    `Port ${port} is set twice: it is ${what} and ${other}.`,
    "Each process on this machine needs its own ports.",
    "Choose another port for one of them.",
  );

export const invalidBinaryDirectory = (given: string) =>
  error(
    `binaryDirectory ${show(given)} is not the path of a folder.`,
    "Allowed is a literal path: relative to the working directory, absolute, or below ~/.",
    'Write binaryDirectory: "bin", for example, or omit it to look up programs on the PATH.',
  );

export const invalidVariable = (where: string, name: string) =>
  error(
    `${where} has the variable ${show(name)}.`,
    "Allowed are letters, digits and _, with a letter or _ first.",
    "Correct its name.",
  );

export const absoluteFile = (given: string) =>
  error(
    `files[].path ${show(given)} is not below the folder in which the processes run.`,
    "Allowed is a relative path without .. in it.",
    'Write "etc/kubernetes/audit-policy.yaml", for example, and use the same path in the flag.',
  );

export const noWorkers = (clusterName: string) =>
  error(
    `${clusterName} is a LocalControlPlane, which nodes cannot join.`,
    "Only a ControlPlane can have workers.",
    "Remove addWorkers; the pods of a local control plane stay Pending.",
  );
