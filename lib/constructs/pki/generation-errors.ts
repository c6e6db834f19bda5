import type { ClusterKey } from "../../catalog/authorities";
import { error, show } from "../errors";

/** Errors about the generations of CAs and of the service account key pair. */

export const previousWithoutKey = (what: string, previous: string) =>
  error(
    `The previous generation of ${what} is ${show(previous)}, whose key is elsewhere.`,
    "Allowed is a CA with its key in the store: it signs the cross certificate, with which those who trust only the previous generation verify what the new one signs.",
    "Give the key of the previous generation with CertificateAuthority.fromFiles.",
  );

export const invalidGeneration = (key: string, given: unknown) =>
  error(
    `keys.${key}.generation is ${show(given)}.`,
    "Allowed is a whole number from 1 on.",
    "Raise the present generation by 1 to get new keys.",
  );

export const nothingToTrust = (key: string) =>
  error(
    `keys.${key}.trustPrevious is set, but generation 1 has no previous one.`,
    "Allowed is trustPrevious from generation 2 on.",
    "Remove trustPrevious, or raise the generation.",
  );

export const generationOfGiven = (key: ClusterKey, prop: string) =>
  error(
    `keys.${key} is set, but the program passes that CA as ${prop}.`,
    "Allowed are generations of the CAs that the control plane makes.",
    `Make the next generation with new CertificateAuthority(…, { previous: … }), and pass it as ${prop}.`,
  );
