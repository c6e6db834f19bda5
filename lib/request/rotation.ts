import type { KeyGenerations } from "../catalog/authorities";
import type { EncryptionRequest } from "./encryption";

/** What a rollout is told about the cluster's keys. */
export interface KeysRequest {
  /** Present while the program trusts two generations of the Kubernetes CA or of the service account key. */
  readonly rotation?: RotationRequest;
  /** The generations of the keys of which there is more than one. Absent: all keys are of the first generation. */
  readonly generations?: KeyGenerations;
  /** How API servers encrypt values. Absent: they don't. */
  readonly encryption?: EncryptionRequest;
}

/** Asks for the cluster to move from one generation of keys to the next. */
export interface RotationRequest {
  /** The files of the store with the new Kubernetes CA. Absent: it does not change. */
  readonly authority?: { readonly certificate: string; readonly key: string };
  /** The file of the store with the public keys of the service accounts, the new one first. Absent: they do not change. */
  readonly publicKeys?: string;
  /** The files that sign. Nodes get the new ones when all API servers trust what these sign. */
  readonly signers: readonly SignerFile[];
}

/** A file on a node with which something is signed. */
export interface SignerFile {
  /** On the node: `/etc/kubernetes/pki/ca.key`. */
  readonly path: string;
  /** The file of the store with what signs before. */
  readonly previous: string;
}
