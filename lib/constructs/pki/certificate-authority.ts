import { Construct, type IConstruct } from "constructs";
import { chainPath } from "../../catalog/authorities";
import { authoritySpec } from "../../render/certificate";
import type { ImportedAuthoritySpec } from "../../render/specs";
import { toYaml } from "../../render/yaml";
import { Anchor } from "../../terraform/anchor";
import { Artefact, type ArtefactFile } from "../../terraform/artefact";
import { Batch } from "../../terraform/batch";
import { ExpiryWarning } from "../../terraform/expiry-warning";
import { Guard } from "../../terraform/guard";
import type { Store } from "../../terraform/store";
import { code, type Expression, quote } from "../../terraform/expression";
import { yamlTemplate } from "../../terraform/template";
import type { Duration } from "../duration";
import { type FileAccess, fileReference, MODES, PRIVATE } from "../files";
import type { KeyAlgorithm } from "./key-algorithm";
import { AUTHORITY_VALIDITY, authorityLifetime } from "./lifetime";
import { checkProps } from "../../props/check";

/** What signs certificates. */
export interface ICertificateAuthority extends IConstruct {
  /** Where it is, and where what it signs is made. */
  readonly store: Store;
  /** Its certificate, PEM; known once it is made. */
  readonly certificatePem: string;
  /** When it ends, RFC 3339; known once it is made. */
  readonly notAfter: string;
  /** Whether its key is in the store; what it signs otherwise waits for a signature. */
  readonly hasKey: boolean;
  /**
   * How long it is valid. What it signs cannot be asked to live longer.
   * @default - not known where its files are read at apply
   */
  readonly validity?: Duration;
  /**
   * What becomes of those that signed it.
   * @default - it is made here, and nobody signed it but itself
   */
  readonly chain?: AuthorityChain;
  /** @internal */
  readonly artefact: Artefact;
}

/**
 * What becomes of the authorities above one that was brought: `kept`, for those who are served what it signed, or
 * `trusted` by the cluster as it is itself.
 */
export type AuthorityChain = "kept" | "trusted";

/** An authority that is made at apply. */
export interface CertificateAuthorityProps {
  /** Where it and its key are made. */
  readonly store: Store;

  /** Its name: the common name of its subject. */
  readonly commonName: string;

  /**
   * What its key is made with. Cannot be changed once it exists.
   * @default KeyAlgorithm.RSA_2048
   */
  readonly keyAlgorithm?: KeyAlgorithm;

  /**
   * How long it is valid. Another value signs it again, with the same key.
   * @default Duration.days(3650)
   */
  readonly validity?: Duration;

  /**
   * Where it is in the store, without `.crt` and `.key`.
   * @default - `pki/<id>`
   */
  readonly path?: string;

  /**
   * In words, for `cdktf-control-plane inspect`.
   * @default - `certificate authority <commonName>`
   */
  readonly purpose?: string;
}

/** An authority that exists, and whose key is elsewhere. */
export interface ImportedAuthorityProps extends Pick<
  CertificateAuthorityProps,
  "store" | "path" | "purpose"
> {
  /**
   * A file on this machine, relative to the working directory: its certificate, and behind it those of the authorities
   * that signed it, each the one before, up to the root. PEM, or DER for one certificate.
   */
  readonly certificate: string;

  /**
   * Whether the cluster trusts those that signed it as well. Then every certificate for clients that the root or any of
   * its other authorities ever signed, or will sign, is a client of the cluster, with the user name and the groups that
   * stand in it.
   * @default false
   */
  readonly trustChain?: boolean;
}

/** An authority that exists, with its key. */
export interface AuthorityFilesProps extends ImportedAuthorityProps {
  /** A PEM file on this machine, relative to the working directory; read at apply, never seen by Terraform. */
  readonly key: string;
}

/**
 * A certificate authority. Its key is made at apply, in the store, and never twice: a plan fails where the state
 * knows of it and the store does not hold it.
 */
export class CertificateAuthority
  extends Construct
  implements ICertificateAuthority
{
  /**
   * An authority that exists. Its files are copied into the store at apply, after a check that they fit. Throws
   * where there is no such file.
   */
  static fromFiles(
    scope: Construct,
    id: string,
    props: AuthorityFilesProps,
  ): ICertificateAuthority {
    checkProps("AuthorityFilesProps", props, `CertificateAuthority "${id}"`);
    return new ImportedAuthority(scope, id, props);
  }

  /**
   * An authority whose key is elsewhere. What it is to sign waits in the store as a certificate signing request;
   * the apply makes everything else and then fails with the list of what to sign.
   */
  static external(
    scope: Construct,
    id: string,
    props: ImportedAuthorityProps,
  ): ICertificateAuthority {
    checkProps("ImportedAuthorityProps", props, `CertificateAuthority "${id}"`);
    return new ImportedAuthority(scope, id, props);
  }

  readonly store: Store;
  readonly hasKey = true;
  readonly validity: Duration;
  /** @internal */
  readonly artefact: Artefact;

  constructor(scope: Construct, id: string, props: CertificateAuthorityProps) {
    super(scope, id);
    checkProps(
      "CertificateAuthorityProps",
      props,
      `CertificateAuthority "${id}"`,
    );
    this.store = props.store;
    this.validity = props.validity ?? AUTHORITY_VALIDITY;
    const purpose =
      props.purpose ?? `certificate authority ${props.commonName}`;
    const path = props.path ?? `pki/${id}`;
    const spec = authoritySpec(props.commonName, authorityLifetime(props));
    const batch = authorityBatch(this, props.store, path);
    this.artefact = new Artefact(this, "Resource", {
      store: props.store,
      batch,
      kind: "authority",
      purpose,
      files: authorityFiles(path, true),
      spec: yamlTemplate(spec, toYaml),
      irreplaceable: true,
    });
    new Guard(this, "guard", {
      store: props.store,
      batch,
      artefact: this.artefact,
      what: `the ${purpose}`,
    });
    anchor(this, purpose);
    warnBeforeExpiry(this, purpose);
  }

  get certificatePem(): string {
    return this.artefact.textOf(this.artefact.files[0], "certificate-pem");
  }

  get notAfter(): string {
    return this.artefact.notAfter;
  }
}

class ImportedAuthority extends Construct implements ICertificateAuthority {
  readonly store: Store;
  readonly hasKey: boolean;
  readonly chain: AuthorityChain;
  readonly artefact: Artefact;

  constructor(
    scope: Construct,
    id: string,
    props: ImportedAuthorityProps & Partial<AuthorityFilesProps>,
  ) {
    super(scope, id);
    this.store = props.store;
    this.hasKey = props.key !== undefined;
    this.chain = props.trustChain ? "trusted" : "kept";
    const purpose = props.purpose ?? `certificate authority ${id}`;
    const path = props.path ?? `pki/${id}`;
    const spec: ImportedAuthoritySpec = {
      certificate: fileReference(this, props.certificate),
      ...(props.key !== undefined && { key: fileReference(this, props.key) }),
      // Written out, so that a plan says whom the cluster trusts.
      trustChain: props.trustChain ?? false,
    };
    this.artefact = new Artefact(this, "Resource", {
      store: props.store,
      batch: authorityBatch(this, props.store, path),
      kind: "imported-authority",
      purpose,
      files: authorityFiles(path, this.hasKey),
      spec: yamlTemplate(spec, toYaml),
      while: chainKept(props.store, chainPath(`${path}.crt`)),
    });
    anchor(this, purpose);
    warnBeforeExpiry(this, purpose);
  }

  get certificatePem(): string {
    return this.artefact.textOf(this.artefact.files[0], "certificate-pem");
  }

  get notAfter(): string {
    return this.artefact.notAfter;
  }
}

/** Whether those that signed it are still beside it, where its stamp, `s`, says that they were: what it signs needs them. */
const chainKept = (store: Store, chain: string): Expression =>
  code`(!strcontains(s.files, ${quote(chain)}) || fileexists(${quote(store.pathOf(chain))}))`;

/** What was brought may come with another key once the program names other files; what was made here never does. */
function anchor(authority: ICertificateAuthority, purpose: string): void {
  const { artefact } = authority;
  const what = `the ${purpose}`;
  const [certificate, key] = artefact.files;
  new Anchor(authority, "certificate-anchor", {
    artefact,
    what,
    file: certificate,
    changesWithSpec: true,
  });
  if (key)
    new Anchor(authority, "key-anchor", {
      artefact,
      what,
      file: key,
      changesWithSpec: !artefact.isIrreplaceable,
    });
}

/** A year before, because what it signs usually lives for one. */
function warnBeforeExpiry(
  authority: ICertificateAuthority,
  purpose: string,
): void {
  const { artefact } = authority;
  new ExpiryWarning(authority, "expiry", {
    artefact,
    what: `The ${purpose}`,
    before: "8760h",
  });
}

function authorityBatch(scope: Construct, store: Store, path: string): Batch {
  // Made with it where it was brought with those that signed it.
  store.reserve(chainPath(`${path}.crt`), scope);
  return new Batch(scope, "batch", {
    store,
    name: path,
    title: path,
    tornDown: false,
  });
}

/** An authority's files, there and on nodes. @internal */
export function authorityFiles(
  path: string,
  withKey: boolean,
  access: FileAccess = PRIVATE,
): ArtefactFile[] {
  const certificate = { path: `${path}.crt`, mode: MODES.public };
  return withKey
    ? [certificate, { path: `${path}.key`, ...access }]
    : [certificate];
}

/** What a certificate's artefact needs to know of who signs it. @internal */
export function issuerOf(authority: ICertificateAuthority) {
  const [certificate, key] = authority.artefact.files;
  return { certificate: certificate.path, ...(key && { key: key.path }) };
}
