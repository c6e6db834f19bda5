import type { ParsedArtefact } from "../../store/artefacts";
import type { Work } from "../../store/work";
import type { CertificateFacts } from "../../pki/certificates";
import type { KubernetesApi } from "../cluster/api";
import { AgentError } from "../../base/errors";
import type { PendingSignature } from "../../request/artefact";
import type { Store, StoredFile } from "../../store/store";

/** Where an artefact is made: the store as it will be, with what this batch has made already. */
export interface BuildContext {
  readonly store: Store;
  readonly now: Date;
  /** For what starts something. */
  readonly work: Pick<Work, "store" | "agent" | "clock" | "say">;
  read(path: string): Buffer | undefined;
  /** As {@link read}; throws where it is missing, and {@link Deferred} where it waits for a signature. */
  need(path: string, wantedBy: ParsedArtefact): Buffer;
  /** An API server of the cluster that the store is of. */
  api(): Promise<KubernetesApi>;
}

export interface Made {
  /** The content of each of the artefact's files. */
  readonly contents: readonly (Buffer | string)[];
  readonly certificate?: CertificateFacts;
  /** Its key was there before it was ever made: whatever kind it is, it stays. */
  readonly brought?: boolean;
  /** Of what ends and is no certificate. */
  readonly lifetime?: { readonly notBefore: Date; readonly notAfter: Date };
  /** Of an authority: the lifetime that was asked for. */
  readonly validity?: string;
  /** Of an authority: its name is not, to the byte, the one that it would get here. */
  readonly foreignName?: true;
  /** What goes into the store beside it. */
  readonly beside?: readonly StoredFile[];
  /** What is not needed any more once it is in its place. */
  readonly obsolete?: readonly string[];
  readonly pending?: PendingSignature;
  /** What people should know, said after the name of the file. */
  readonly note?: string;
}

/** Makes an artefact, or finds that what is there is just it; writes nothing. */
export type Maker = (
  artefact: ParsedArtefact,
  context: BuildContext,
) => Promise<Made> | Made;

/** It is made from something that waits for a signature. */
export class Deferred extends AgentError {
  constructor(readonly pending: PendingSignature) {
    super(`waits for ${pending.certificate}`);
  }
}
