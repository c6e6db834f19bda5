import type { ParsedArtefact } from "../../store/artefacts";
import type { Work } from "../../store/work";
import type { CertificateFacts } from "../../pki/certificates";
import type { KubernetesApi } from "../cluster/api";
import { AgentError } from "../../base/errors";
import type { PendingSignature } from "../../request/artefact";
import type { Store, StoredFile } from "../../store/store";

/**
 * The context in which an artefact is made. It reads the store as it will be, with what this batch has made already.
 */
export interface BuildContext {
  readonly store: Store;
  readonly now: Date;
  /** For makers that start a process. */
  readonly work: Pick<Work, "store" | "agent" | "clock" | "say">;
  read(path: string): Buffer | undefined;
  /**
   * As {@link read}, but throws if the file is missing, and throws {@link Deferred} if it waits for a signature.
   */
  need(path: string, wantedBy: ParsedArtefact): Buffer;
  /** A connection to the API of the cluster to which the store belongs. */
  api(): Promise<KubernetesApi>;
}

export interface Made {
  /** The content of each of the artefact's files. */
  readonly contents: readonly (Buffer | string)[];
  readonly certificate?: CertificateFacts;
  /** The key stays, whatever its kind: the user brought it, or the program allows another kind. */
  readonly brought?: boolean;
  /** The validity of something other than a certificate: a token. */
  readonly lifetime?: { readonly notBefore: Date; readonly notAfter: Date };
  /** For a CA: the lifetime that the program asks for. */
  readonly validity?: string;
  /** For a CA: its name differs, in any byte, from the name that it would get here. */
  readonly foreignName?: true;
  /** Additional files for the store. */
  readonly extraFiles?: readonly StoredFile[];
  /** Files to remove once the artefact is in its place. */
  readonly obsolete?: readonly string[];
  readonly pending?: PendingSignature;
  /** The fingerprint of the certificate whose renewal is still asked for. */
  readonly replaces?: string;
  /** A note for people, printed after the name of the file. */
  readonly note?: string;
}

/** The text of a certificate and of its key, and what else comes with them. */
export interface Pair extends Omit<Made, "contents"> {
  readonly text: PairText;
}

export interface PairText {
  readonly certificate?: Buffer | string;
  readonly key?: Buffer | string;
}

/** Makes an artefact, or keeps the present one if it is what is wanted. Writes nothing. */
export type Maker = (
  artefact: ParsedArtefact,
  context: BuildContext,
) => Promise<Made> | Made;

/** Thrown if an artefact is made from something that waits for a signature. */
export class Deferred extends AgentError {
  constructor(readonly pending: PendingSignature) {
    super(`waits for ${pending.certificate}`);
  }
}
