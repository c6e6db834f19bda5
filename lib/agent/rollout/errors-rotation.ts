import { lines } from "../../base/errors";

/** Errors about the move from one generation of keys to the next. */

export const signersWait = (nodes: readonly string[]) =>
  lines(
    `${nodes.join(", ")}: not reached, so it is not known whether ${nodes.length === 1 ? "its API server trusts" : "their API servers trust"} the new keys. Nothing is signed with them yet; all that is signed with the previous ones stays valid.`,
    `Start ${nodes.length === 1 ? "the machine" : "the machines"}, or remove ${nodes.length === 1 ? "the node" : "the nodes"} from the program, and deploy again: the rollout continues.`,
  );

export const keysNotTrusted = (nodes: readonly string[], seconds: number) =>
  lines(
    `${nodes.join(", ")}: after ${seconds} s, ${nodes.length === 1 ? "this API server does" : "these API servers do"} not accept what the new keys sign. They were asked for /version with a certificate of the new CA, and for /openid/v1/jwks, which lists the public keys of the service accounts. Nothing is signed with the new keys yet; all that is signed with the previous ones stays valid.`,
    "Look at client-ca-file, service-account-key-file and service-account-issuer in apiServer.extraArgs (/openid/v1/jwks needs an issuer that is an https URL), at the ClusterRoleBinding system:public-info-viewer, and at the clocks. Then deploy again: the rollout continues.",
  );
