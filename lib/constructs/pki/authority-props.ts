import type { Store } from "../../terraform/store";
import type { Duration } from "../duration";
import type { ICertificateAuthority } from "./authority";
import type { KeyAlgorithm } from "./key-algorithm";

/** Describes a CA that is made at apply. */
export interface CertificateAuthorityProps {
  /** The store in which the CA and its key are made. */
  readonly store: Store;

  /** Its name: the common name of its subject. */
  readonly commonName: string;

  /**
   * The algorithm of its key. It cannot be changed once the CA exists.
   * @default KeyAlgorithm.RSA_2048
   */
  readonly keyAlgorithm?: KeyAlgorithm;

  /**
   * How long it is valid. If this changes, the CA is signed again with the same key.
   * @default Duration.days(3650)
   */
  readonly validity?: Duration;

  /**
   * Its path in the store, without `.crt` and `.key`.
   * @default - `pki/<id>`
   */
  readonly path?: string;

  /**
   * A description for `cdktf-control-plane inspect`.
   * @default - `certificate authority <commonName>`
   */
  readonly purpose?: string;

  /**
   * The CA whose place it takes: its previous generation. That one signs a cross certificate for it, which is sent behind
   * every certificate that it signs, so that these are valid for everybody who trusts only the previous generation. It
   * must be in the same store, with its key, and have another common name.
   * @default - none
   */
  readonly previous?: ICertificateAuthority;

  /**
   * Whether those who trust it trust its previous generation, too. Set it to `false` once nothing uses a certificate of
   * the previous generation any more; then `previous` is no longer needed.
   * @default true
   */
  readonly trustPrevious?: boolean;

  /** Whether it keeps its key although `keyAlgorithm` changed. @internal */
  readonly keepsKey?: boolean;
}

/** Describes an existing CA whose key is elsewhere. */
export interface ImportedAuthorityProps extends Pick<
  CertificateAuthorityProps,
  "store" | "path" | "purpose"
> {
  /**
   * A file on this machine, relative to the working directory. It contains the CA's certificate, followed by the
   * certificates of the CAs above it, each of which signed the one before, up to the root. PEM, or DER for a single
   * certificate.
   */
  readonly certificate: string;

  /**
   * Whether the cluster also trusts the CAs that signed it. If so, every client certificate that the root or any CA
   * below it has signed or will ever sign gives access to the cluster, with the user name and the groups that are in
   * the certificate.
   * @default false
   */
  readonly trustChain?: boolean;
}

/** Describes an existing CA with its key. */
export interface AuthorityFilesProps extends ImportedAuthorityProps {
  /**
   * A PEM file with the key on this machine, relative to the working directory. The agent reads it at apply; Terraform
   * never sees its content.
   */
  readonly key: string;
}
