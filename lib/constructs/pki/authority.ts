import type { IConstruct } from "constructs";
import type { Artefact } from "../../terraform/artefact";
import type { Store } from "../../terraform/store";
import type { Duration } from "../duration";

/** A certificate authority (CA), which signs certificates. */
export interface ICertificateAuthority extends IConstruct {
  /** The store that contains the CA, and in which the certificates that it signs are made. */
  readonly store: Store;
  /** Its certificate, in PEM. Known after the apply. */
  readonly certificatePem: string;
  /** When its certificate expires, as an RFC 3339 time. Known after the apply. */
  readonly notAfter: string;
  /** Whether its key is in the store. If not, certificates wait for a signature from elsewhere. */
  readonly hasKey: boolean;
  /**
   * How long it is valid. A certificate that it signs cannot be requested for longer.
   * @default - unknown, if its files are read at apply
   */
  readonly validity?: Duration;
  /**
   * How the CAs that signed it are handled.
   * @default - the library makes this CA, and it is self-signed
   */
  readonly chain?: AuthorityChain;
  /**
   * Its previous generation, if what that one signed is trusted, too.
   * @default - none
   */
  readonly previous?: ICertificateAuthority;
  /** @internal */
  readonly artefact: Artefact;
}

/**
 * How the CAs above an imported CA are handled: `kept` sends them along with the certificates that it signed, and
 * `trusted` makes the cluster trust them like the CA itself.
 */
export type AuthorityChain = "kept" | "trusted";

/** The paths of the CA files that the artefact of a certificate needs. @internal */
export function issuerOf({ artefact }: { readonly artefact: Artefact }) {
  const [certificate, key] = artefact.files;
  return { certificate: certificate.path, ...(key && { key: key.path }) };
}
