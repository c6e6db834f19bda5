import { error, show } from "../errors";

/** Errors about a control plane on this machine: what was given, what is allowed, what to do. */

export const portInUse = (port: number, what: string, other: string) =>
  error(
    `Port ${port}, which is to be ${what}, is ${other} as well.`,
    "Each process of this machine listens on ports of its own.",
    "Choose another one for one of them.",
  );

export const invalidBinaryDirectory = (given: string) =>
  error(
    `binaryDirectory ${show(given)} is not a folder.`,
    "Allowed is a literal path: relative to the working directory, absolute, or below ~/.",
    'Write binaryDirectory: "bin", for example, or leave it out to have programs looked for on the PATH.',
  );

export const invalidVariable = (where: string, name: string) =>
  error(
    `${where} has the variable ${show(name)}.`,
    "Allowed are names of letters, digits and _ that begin with no digit.",
    "Write its name as a shell would.",
  );

export const absoluteFile = (given: string) =>
  error(
    `files[].path ${show(given)} is not below the folder that processes run in.`,
    "Allowed is a relative path without .. in it.",
    'Write "etc/kubernetes/audit-policy.yaml", for example, and the flag with the same path.',
  );

export const noWorkers = (clusterName: string) =>
  error(
    `${clusterName} is a control plane of processes on this machine, which no node can join.`,
    "Allowed are workers of a ControlPlane, whose nodes reach each other.",
    "Remove addWorkers; pods of a local control plane stay Pending.",
  );
