import { lines } from "../../base/errors";

/** Errors about the move from one generation of keys to the next. */

export const signersWait = (nodes: readonly string[]) =>
  lines(
    `${nodes.join(", ")}: not reached, so it is not known whether ${nodes.length === 1 ? "its API server trusts" : "their API servers trust"} the new keys. Nothing is signed with them yet; all that is signed with the previous ones stays valid.`,
    `Start ${nodes.length === 1 ? "the machine" : "the machines"}, or take ${nodes.length === 1 ? "the node" : "the nodes"} off the list, and deploy again: the rollout continues.`,
  );

export const keysNotTrusted = (nodes: readonly string[], seconds: number) =>
  lines(
    `${nodes.join(", ")}: after ${seconds} s, the API ${nodes.length === 1 ? "server does" : "servers do"} not accept what the new keys sign, although ${nodes.length === 1 ? "it is" : "they are"} healthy. Nothing is signed with the new keys yet; all that is signed with the previous ones stays valid.`,
    "Flags of the API server may name other files than ca.crt and sa.pub: compare client-ca-file and service-account-key-file in apiServer.extraArgs. Then deploy again: the rollout continues.",
  );
