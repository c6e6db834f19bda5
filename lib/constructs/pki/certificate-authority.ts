import { Construct } from "constructs";
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
import type { AuthorityChain, ICertificateAuthority } from "./authority";

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

/**
 * A certificate authority (CA). Its key is made in the store at apply, and never made again: if the state knows the CA
 * but the store has lost it, the plan fails.
 */
export class CertificateAuthority
  extends Construct
  implements ICertificateAuthority
{
  /**
   * Uses an existing CA with its key. At apply, its files are checked and copied into the store. Throws if a file does
   * not exist.
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
   * Uses an existing CA whose key is elsewhere. The certificates that it must sign wait in the store as certificate
   * signing requests. The apply makes everything else, and then fails with the list of requests to sign.
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
    const spec = authoritySpec(
      props.commonName,
      authorityLifetime(props, `CertificateAuthority "${id}"`),
    );
    const batch = authorityBatch(this, props.store, path);
    this.artefact = new Artefact(this, "Resource", {
      store: props.store,
      batch,
      kind: "authority",
      purpose,
      files: authorityFiles(path, true),
      spec: yamlTemplate(spec, toYaml),
      irreplaceable: true,
      keepsKey: props.keepsKey,
    });
    new Guard(this, "guard", {
      store: props.store,
      batch,
      artefact: this.artefact,
      what: `the ${purpose}`,
      anchors: () => anchors,
    });
    const anchors = anchor(this, purpose);
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
      // The default is written out, so that a plan shows whom the cluster trusts.
      trustChain: props.trustChain ?? false,
    };
    this.artefact = new Artefact(this, "Resource", {
      store: props.store,
      batch: authorityBatch(this, props.store, path),
      kind: "imported-authority",
      purpose,
      files: authorityFiles(path, this.hasKey),
      spec: yamlTemplate(spec, toYaml),
      intactWhile: chainKept(props.store, chainPath(`${path}.crt`)),
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

/**
 * Whether the file with the CAs above it still exists, if the stamp `s` lists it. The certificates that the CA signs
 * need it.
 */
const chainKept = (store: Store, chain: string): Expression =>
  code`(!strcontains(s.files, ${quote(chain)}) || fileexists(${quote(store.pathOf(chain))}))`;

/**
 * Adds the anchors. The key of an imported CA may change when the program names other files; the key of a CA made here
 * may not.
 */
function anchor(
  authority: ICertificateAuthority,
  purpose: string,
): readonly Anchor[] {
  const { artefact } = authority;
  const [certificate] = artefact.files;
  return artefact.files.map((file) => {
    const isCertificate = file === certificate;
    return new Anchor(
      authority,
      isCertificate ? "certificate-anchor" : "key-anchor",
      {
        artefact,
        what: `the ${purpose}`,
        file,
        changesWithSpec: isCertificate || !artefact.isIrreplaceable,
      },
    );
  });
}

/** Warns a year before the CA expires, because the certificates that it signs usually live that long. */
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
  // An imported CA may come with the CAs above it, which are stored in this file.
  store.reserve(chainPath(`${path}.crt`), scope);
  return new Batch(scope, "batch", {
    store,
    name: path,
    title: path,
    tornDown: false,
  });
}

/** The files of a CA, in `pki/` in the store or on a node. @internal */
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
