import type { CertificateFacts } from "../../pki/certificates";
import type { PendingSignature } from "../../request/artefact";
import type { StoredFile } from "../../store/staging";

export interface PairText {
  readonly certificate: Buffer | string;
  readonly key: Buffer | string;
}

/** A certificate and its key, and what else comes with them. */
export interface Pair extends Partial<PairText> {
  readonly facts?: CertificateFacts;
  readonly extraFiles?: readonly StoredFile[];
  readonly obsolete?: readonly string[];
  readonly pending?: PendingSignature;
  readonly note?: string;
}
