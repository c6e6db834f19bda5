import { Construct } from "constructs";
import { certificateSpec } from "../../render/certificate";
import type { Usage } from "../../render/specs";
import { toYaml } from "../../render/yaml";
import { Artefact } from "../../terraform/artefact";
import { Batch } from "../../terraform/batch";
import { yamlTemplate } from "../../terraform/template";
import { type ICertificateAuthority, issuerOf } from "./authority";
import type { Duration } from "../duration";
import { type FileAccess, MODES, PRIVATE } from "../files";
import type { KeyAlgorithm } from "./key-algorithm";
import { certificateLifetime, renewalOf } from "./lifetime";
import { checkProps } from "../../props/check";

/** Describes a certificate: its subject, names and usages, its CA, and its lifetime. */
export interface CertificateProps {
  /** The CA that signs it. The certificate is made in the store of the CA. */
  readonly certificateAuthority: ICertificateAuthority;

  /** The common name of its subject. For Kubernetes, this is the user name of a client. */
  readonly commonName: string;

  /**
   * The organizations of its subject. For Kubernetes, these are the groups of a client.
   * @default - none
   */
  readonly organizations?: readonly string[];

  /**
   * The DNS names and IP addresses that it is valid for. Tokens and list tokens are allowed.
   * @default - none
   */
  readonly names?: readonly string[];

  /** Its extended key usages: `serverAuth`, `clientAuth`. */
  readonly usages: readonly Usage[];

  /**
   * The algorithm of its key. Each renewal makes a new key.
   * @default KeyAlgorithm.RSA_2048
   */
  readonly keyAlgorithm?: KeyAlgorithm;

  /**
   * How long it is valid. It never outlives its CA.
   * @default Duration.days(365)
   */
  readonly validity?: Duration;

  /**
   * How long before its end the certificate is planned for renewal, but never before two thirds of its lifetime have
   * passed.
   * @default - a third of its lifetime
   */
  readonly renewBefore?: Duration;

  /**
   * Its path in the store, without `.crt` and `.key`.
   * @default - `certificates/<id>`
   */
  readonly path?: string;

  /**
   * A description for `cdktf-control-plane inspect`.
   * @default - `certificate <commonName>`
   */
  readonly purpose?: string;

  /** The batch that makes it together with other artefacts. @internal */
  readonly batch?: Batch;

  /** Mode and owner of its key on a node. @internal */
  readonly access?: FileAccess;
}

/** A certificate with its key. Both are made in the store at apply, and the key stays there. */
export class Certificate extends Construct {
  /** @internal */
  readonly artefact: Artefact;
  private readonly path: string;

  constructor(scope: Construct, id: string, props: CertificateProps) {
    super(scope, id);
    checkProps("CertificateProps", props, `Certificate "${id}"`);
    const authority = props.certificateAuthority;
    const { store } = authority;
    this.path = props.path ?? `certificates/${id}`;
    const spec = certificateSpec(
      props,
      props.names ?? [],
      props.usages,
      certificateLifetime(props, authority, `Certificate "${id}"`),
    );
    const batch =
      props.batch ??
      new Batch(this, "batch", { store, name: this.path, title: this.path });
    const purpose = props.purpose ?? `certificate ${props.commonName}`;
    this.artefact = new Artefact(this, "Resource", {
      store,
      batch,
      kind: "certificate",
      purpose,
      files: [
        { path: `${this.path}.crt`, mode: MODES.public },
        { path: `${this.path}.key`, ...(props.access ?? PRIVATE) },
      ],
      spec: yamlTemplate(spec, toYaml),
      upstream: [authority.artefact],
      issuer: issuerOf(authority),
      expires: true,
      renewBefore: renewalOf(props, purpose),
    });
    if (!authority.hasKey) store.signatures.addBatch(batch);
  }

  /** The certificate, in PEM. Known after the apply. */
  get certificatePem(): string {
    return this.artefact.textOf(this.artefact.files[0], "certificate-pem");
  }

  /** The absolute path of the certificate. Known after the apply. */
  get certificatePath(): string {
    return this.artefact.pathOf(this.artefact.files[0], "certificate-path");
  }

  /** The absolute path of the key. Known after the apply. */
  get keyPath(): string {
    return this.artefact.pathOf(this.artefact.files[1], "key-path");
  }

  /** When the certificate expires, as an RFC 3339 time. Known after the apply. */
  get notAfter(): string {
    return this.artefact.notAfter;
  }
}
