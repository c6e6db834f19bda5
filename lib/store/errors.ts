import { WORKSPACE } from "../catalog/paths";
import { counted } from "../base/counted";
import { invalidRequest, lines } from "../base/errors";
import { LIMITS, shownBytes } from "../base/limits";
import type { PendingSignature } from "../request/artefact";

/** Errors about the files of a store. Each names the file. They are thrown before anything is changed. */
const RESTORE = "Restore it from a backup of the store";

export const irregularFile = (path: string, kind: string) =>
  lines(
    `${path} is ${kind}, but must be a regular file.`,
    "Move it away. Then restore the file from a backup of the store, or deploy: everything but pki/ is made again. Nothing was read or changed.",
  );

export const linkOutOfStore = (path: string, target: string) =>
  lines(
    `${path} is a link that leads out of the store, to ${target}. Its target is neither read nor changed.`,
    "Replace the link with the files themselves. Only the folder of the whole store may be a link.",
  );

export const hugeFile = (path: string, size: number) =>
  lines(
    `${path} has ${Math.round(size / (1 << 20))} MiB; at most ${shownBytes(LIMITS.storeFile)} are allowed for a file of the store.`,
    `${RESTORE}, or delete it: the next plan makes it again if it can be made again.`,
  );

export const unreadableFile = (path: string, code: string, users: string) =>
  lines(
    `${path} cannot be read (${code})${users}.`,
    "Run this as the owner of the store, or give the store to this user: sudo chown -R <user> <store>. Nothing was changed.",
  );

export const foreignFile = (path: string, owner: number) =>
  lines(
    `${path} belongs to the user with the id ${owner}, who could change it. All files of a store must belong to the user who runs Terraform.`,
    "Find out where it comes from. If its content is right, give it to the owner of the store: sudo chown -R <user> <store>. Nothing was changed.",
  );

export const brokenInventory = (path: string, reason: string) =>
  lines(
    `${path} cannot be used: ${reason}. It records the hosts of the cluster.`,
    `${RESTORE}. If there is no backup, delete it: the next deploy writes it again. Until then, destroy knows no hosts.`,
  );

export const brokenStamp = (path: string, reason: string) =>
  lines(
    `${path} cannot be used: ${reason}. A stamp never makes the agent read or remove files outside the store.`,
    `${RESTORE}, or delete it: the next deploy examines the files themselves and writes it again.`,
  );

export const brokenLock = (path: string, reason: string) =>
  lines(
    `${path} cannot be used: ${reason}. It records which run of Terraform holds the store.`,
    "If no other run works on this store, delete its folder .lock and apply again.",
  );

export const storeIsLocked = (store: string, holder: string, waited: string) =>
  lines(
    `${store} is in use by ${holder}. This run waited for ${waited}.`,
    "Apply again when that run has ended.",
  );

export const storeIsLockedElsewhere = (
  store: string,
  holder: string,
  waited: string,
) =>
  lines(
    `${store} is in use by ${holder}, whose processes cannot be seen from this machine. This run waited for ${waited}.`,
    `If that run has ended, delete ${store}/.lock and apply again.`,
  );

export const terraformEnded = () =>
  lines(
    "Terraform ended before the agent began, so nothing was done.",
    "Apply again.",
  );

export const cyclicArtefacts = (files: readonly string[]) =>
  invalidRequest(`these files are made from each other: ${files.join(", ")}`);

/** A certificate that waits for the signature of an external CA. */
export interface WaitingCertificate extends PendingSignature {
  readonly purpose: string;
}

export const waitingForSignatures = (waiting: readonly WaitingCertificate[]) =>
  lines(
    `${counted(waiting.length, "certificate waits", "certificates wait")} for the signature of an external CA, whose key is not in the store. Sign each request, put the certificate at the path below it, and apply again:`,
    ...waiting.flatMap(({ purpose, request, certificate, reason }) => [
      `  ${purpose}`,
      `    sign  ${request}`,
      `    put   ${certificate}`,
      ...(reason === undefined
        ? []
        : [`    the certificate at that path cannot be used: ${reason}`]),
    ]),
  );

export const invalidPath = (path: string) =>
  invalidRequest(`${JSON.stringify(path)} is not a path inside the store`);

export const storeOfAnotherStack = (
  store: string,
  owner: string,
  stack: string,
) =>
  lines(
    `${store} belongs to the stack ${owner}, not to ${stack}.`,
    `Give the store of ${stack} another folder. If ${stack} is the same stack under a new name, write its name into ${store}/inventory.json.`,
  );

export const storeOfAnotherWorkspace = (
  store: string,
  owner: string,
  workspace: string,
) =>
  lines(
    `${store} belongs to the workspace ${owner} of Terraform, not to ${workspace}. Nothing in it was changed.`,
    `To work on it, select that workspace: TF_WORKSPACE=${owner}, or terraform workspace select ${owner}.`,
    `To have another one in ${workspace}, give each workspace a store and machines of its own: outputDirectory: "clusters/${WORKSPACE}".`,
    `If its state was moved to ${workspace} on purpose, write "workspace": "${workspace}" into ${store}/inventory.json.`,
  );

export const unusableWorkspace = (workspace: string) =>
  lines(
    `The workspace "${workspace}" cannot have a store: as part of the path of a store, its name leads to another folder.`,
    "Every other name that Terraform accepts is allowed. Select another workspace.",
  );
