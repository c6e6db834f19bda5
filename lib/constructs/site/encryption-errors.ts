import { didYouMean } from "../../catalog/similar-name";
import { error, show } from "../errors";

/** Errors about encryption at rest. Each says what was given, what is allowed, and what to do. */

export const invalidGeneration = (given: number) =>
  error(
    `encryption.generation is ${show(given)}.`,
    "Allowed is a whole number above 0.",
    "Write 1 for the first key of a cluster, and the present number plus 1 for another key.",
  );

export const noEncryptedResources = () =>
  error(
    "encryption.resources is empty.",
    "Allowed is a list with at least one resource.",
    'Write ["secrets"], for example.',
  );

export const unknownResource = (
  at: number,
  given: string,
  known: readonly string[],
) =>
  error(
    `encryption.resources[${at}] is ${show(given)}, which is no resource of Kubernetes that is stored in etcd.`,
    `Allowed: ${known.join(", ")}.`,
    didYouMean(given, known) ??
      "Write each resource by its plural, with its API group behind it. Custom resources and wildcards cannot be given, because nobody could prove that all of their values are encrypted.",
  );

export const resourceTwice = (at: number, given: string) =>
  error(
    `encryption.resources[${at}] is ${show(given)}, which is in the list before.`,
    "Allowed is each resource once.",
    "Remove it.",
  );

export const encryptionSaidTwice = (flag: string) =>
  error(
    `encryption and apiServer.extraArgs["${flag}"] set the same flag.`,
    "Allowed is one of them.",
    "Remove the flag. But if it encrypts values in etcd, first decrypt them: put identity first in its file on every API server, restart these, and write all values again.",
  );

export const encryptionOfExternalEtcd = () =>
  error(
    "encryption is set, but etcd is external, so the deploy could not read there whether all values are encrypted.",
    "Allowed is an etcd of this cluster: Etcd.stacked() or Etcd.dedicated().",
    "Remove encryption, and encrypt by hand with apiServer.extraArgs and files of your own.",
  );

export const encryptionOfDirectories = () =>
  error(
    "encryption is set, but the files of the nodes stay in directories, so no deploy can change the keys of the API servers one after the other.",
    "Allowed are nodes with NodeAccess.ssh or NodeAccess.local.",
    "Give each node an access, or remove encryption.",
  );
