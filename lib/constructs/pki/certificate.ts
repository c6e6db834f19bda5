import { Construct } from "constructs";
import { certificateSpec } from "../../render/certificate";
import type { Usage } from "../../render/specs";
import { toYaml } from "../../render/yaml";
import { Artefact } from "../../terraform/artefact";
import { Batch } from "../../terraform/batch";
import { yamlTemplate } from "../../terraform/template";
import { type ICertificateAuthority, issuerOf } from "./certificate-authority";
import type { Duration } from "../duration";
import { type FileAccess, MODES, PRIVATE } from "../files";
import type { KeyAlgorithm } from "./key-algorithm";
import { certificateLifetime } from "./lifetime";
import { checkProps } from "../../props/check";

/** What a certificate says, who signs it, and how long it lives. */
export interface CertificateProps {
  /** Who signs it, and whose store it is in. */
  readonly certificateAuthority: ICertificateAuthority;

  /** The common name of its subject. Kubernetes takes a client's for its user name. */
  readonly commonName: string;

  /**
   * The organizations of its subject. Kubernetes takes a client's for its groups.
   * @default - none
   */
  readonly organizations?: readonly string[];

  /**
   * DNS names and IP addresses that it is valid for; tokens and lists of them are welcome.
   * @default - none
   */
  readonly names?: readonly string[];

  /** What it may be used for, its extended key usages: `serverAuth`, `clientAuth`. */
  readonly usages: readonly Usage[];

  /**
   * What its key is made with; each renewal makes a new key.
   * @default KeyAlgorithm.RSA_2048
   */
  readonly keyAlgorithm?: KeyAlgorithm;

  /**
   * How long it is valid; its authority's end is its end too.
   * @default Duration.days(365)
   */
  readonly validity?: Duration;

  /**
   * How long before its end it is planned again, never before two thirds of its lifetime.
   * @default - a third of its lifetime
   */
  readonly renewBefore?: Duration;

  /**
   * Where it is in the store, without `.crt` and `.key`.
   * @default - `certificates/<id>`
   */
  readonly path?: string;

  /**
   * In words, for `cdktf-control-plane inspect`.
   * @default - `certificate <commonName>`
   */
  readonly purpose?: string;

  /** Makes it together with others. @internal */
  readonly batch?: Batch;

  /** Who may read its key on a node. @internal */
  readonly access?: FileAccess;
}

/** A certificate with its key. Made at apply, in the store, where the key stays. */
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
      certificateLifetime(props, props.certificateAuthority),
    );
    const batch =
      props.batch ??
      new Batch(this, "batch", { store, name: this.path, title: this.path });
    this.artefact = new Artefact(this, "Resource", {
      store,
      batch,
      kind: "certificate",
      purpose: props.purpose ?? `certificate ${props.commonName}`,
      files: [
        { path: `${this.path}.crt`, mode: MODES.public },
        { path: `${this.path}.key`, ...(props.access ?? PRIVATE) },
      ],
      spec: yamlTemplate(spec, toYaml),
      upstream: [authority.artefact],
      issuer: issuerOf(authority),
      expires: true,
      renewBefore: props.renewBefore?.toString(),
    });
    if (!authority.hasKey) store.signatures.addBatch(batch);
  }

  /** PEM; known once it is made. */
  get certificatePem(): string {
    return this.artefact.textOf(this.artefact.files[0], "certificate-pem");
  }

  /** The file, absolute; known once it is made. */
  get certificatePath(): string {
    return this.artefact.pathOf(this.artefact.files[0], "certificate-path");
  }

  /** The key's file, absolute; known once it is made. */
  get keyPath(): string {
    return this.artefact.pathOf(this.artefact.files[1], "key-path");
  }

  /** When it ends, RFC 3339; known once it is made. */
  get notAfter(): string {
    return this.artefact.notAfter;
  }
}
