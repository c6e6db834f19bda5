import type { ArtefactKind } from "./request";
import { importAuthority } from "./import-authority";
import { makeAuthority } from "./make-authority";
import { makeKeyPair } from "./make-key-pair";
import { makeCertificate, makeKubeconfig } from "./make-certificate";
import { makeApiProxy } from "./make-api-proxy";
import { makeMergedKubeconfig } from "./make-merged-kubeconfig";
import { makeSecret } from "./make-secret";
import { makeServiceAccountToken } from "./make-service-account-token";
import type { Maker } from "./maker";
import { assembleObjects, bringFile, copyFiles, writeText } from "./make-plain";

export const MAKERS: Readonly<Record<ArtefactKind, Maker>> = {
  authority: makeAuthority,
  "imported-authority": importAuthority,
  "key-pair": makeKeyPair,
  secret: makeSecret,
  certificate: makeCertificate,
  kubeconfig: makeKubeconfig,
  "api-proxy": makeApiProxy,
  "merged-kubeconfig": makeMergedKubeconfig,
  "service-account-token": makeServiceAccountToken,
  objects: assembleObjects,
  text: writeText,
  file: bringFile,
  copy: copyFiles,
};
