import type { ArtefactKind } from "../../request/artefact";
import { importAuthority } from "./imported-authority";
import { makeAuthority } from "./authority";
import { makeEncryption, makeEncryptionKey } from "./encryption";
import { makeKeyPair } from "./key-pair";
import { makeCertificate, makeKubeconfig } from "./certificate";
import { makeApiProxy } from "./api-proxy";
import { makeMergedKubeconfig } from "./merged-kubeconfig";
import { makeSecret } from "./secret";
import { makeServiceAccountToken } from "./service-account-token";
import type { Maker } from "./maker";
import { assembleObjects, copyUserFile, copyFiles, writeText } from "./plain";

export const MAKERS: Readonly<Record<ArtefactKind, Maker>> = {
  authority: makeAuthority,
  "imported-authority": importAuthority,
  "key-pair": makeKeyPair,
  secret: makeSecret,
  "encryption-key": makeEncryptionKey,
  encryption: makeEncryption,
  certificate: makeCertificate,
  kubeconfig: makeKubeconfig,
  "api-proxy": makeApiProxy,
  "merged-kubeconfig": makeMergedKubeconfig,
  "service-account-token": makeServiceAccountToken,
  objects: assembleObjects,
  text: writeText,
  file: copyUserFile,
  copy: copyFiles,
};
