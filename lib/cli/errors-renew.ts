import { usage } from "./errors";
import { enumerated } from "./text";

const NOTHING_DONE = "Nothing was changed.";

/** ` on cp-1 and cp-2`, if the command was restricted to nodes. */
const onNodes = (nodes: readonly string[]): string =>
  nodes.length > 0 ? ` on ${enumerated(nodes)}` : "";

export const unknownNode = (
  given: string,
  known: readonly string[],
  hint?: string,
) =>
  usage(
    `There is no node ${JSON.stringify(given)}. ${known.length > 0 ? `The nodes are ${known.join(", ")}.` : "There are no nodes."}`,
    hint ?? NOTHING_DONE,
  );

/** @param known the names of all certificates there are */
export const unknownCertificate = (
  given: string,
  nodes: readonly string[],
  known: readonly string[],
  hint?: string,
) =>
  usage(
    `There is no certificate ${JSON.stringify(given)}${onNodes(nodes)}. ${known.length > 0 ? `There are ${known.join(", ")}.` : "There is none at all."}`,
    hint ?? NOTHING_DONE,
  );

export const notRenewable = (given: string, file: string, reason: string) =>
  usage(
    `${JSON.stringify(given)} (${file}) gets no new key: ${reason} ${NOTHING_DONE}`,
  );

export const noCertificateYet = (given: string) =>
  usage(
    `${JSON.stringify(given)} was not made yet, or the store has no record of it. ${NOTHING_DONE}`,
    "`cdktf-control-plane deploy` makes what is missing, and records what is there.",
  );

export const nothingToRenew = (nodes: readonly string[]) =>
  usage(
    `There is no certificate${onNodes(nodes)} that could get a new key. ${NOTHING_DONE}`,
    "`cdktf-control-plane deploy` makes what is missing, and `cdktf-control-plane inspect` lists what is there.",
  );
