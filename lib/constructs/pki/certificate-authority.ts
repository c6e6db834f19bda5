import { Construct } from "constructs";
import { crossPath } from "../../catalog/authorities";
import { checkProps } from "../../props/check";
import { authoritySpec } from "../../render/certificate";
import type { CertificateSpec } from "../../render/specs";
import { toYaml } from "../../render/yaml";
import { Artefact } from "../../terraform/artefact";
import { Guard } from "../../terraform/guard";
import type { Store } from "../../terraform/store";
import { yamlTemplate } from "../../terraform/template";
import type { Duration } from "../duration";
import { storeMismatch } from "../errors";
import type { AuthorityChain, ICertificateAuthority } from "./authority";
import {
  anchor,
  authorityBatch,
  authorityFiles,
  warnBeforeExpiry,
} from "./authority-parts";
import type {
  AuthorityFilesProps,
  CertificateAuthorityProps,
  ImportedAuthorityProps,
} from "./authority-props";
import { previousWithoutKey } from "./generation-errors";
import { ImportedAuthority } from "./imported-authority";
import { AUTHORITY_VALIDITY, authorityLifetime } from "./lifetime";

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
  readonly chain?: AuthorityChain;
  readonly previous?: ICertificateAuthority;
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
    const previous = trustedPrevious(props, `CertificateAuthority "${id}"`);
    this.previous = previous;
    this.chain = previous && "trusted";
    const spec: CertificateSpec = {
      ...authoritySpec(
        props.commonName,
        authorityLifetime(props, `CertificateAuthority "${id}"`),
      ),
      ...(previous && { previous: filesOf(previous) }),
    };
    const batch = authorityBatch(this, props.store, path);
    if (previous) props.store.reserve(crossPath(`${path}.crt`), this);
    this.artefact = new Artefact(this, "Resource", {
      store: props.store,
      batch,
      kind: "authority",
      purpose,
      files: authorityFiles(path, true),
      spec: yamlTemplate(spec, toYaml),
      irreplaceable: true,
      upstream: previous && [previous.artefact],
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

/** The previous generation, if it is trusted, too. */
function trustedPrevious(
  { previous, trustPrevious = true, store }: CertificateAuthorityProps,
  owner: string,
): ICertificateAuthority | undefined {
  if (!previous || !trustPrevious) return undefined;
  if (previous.store !== store)
    throw storeMismatch(owner, store.directory, previous.store.directory);
  if (!previous.hasKey) throw previousWithoutKey(owner, previous.node.path);
  return previous;
}

/** The files of the previous generation, whose key signs the cross certificate. */
function filesOf({ artefact }: ICertificateAuthority) {
  const [certificate, key] = artefact.files;
  return { certificate: certificate.path, key: key.path };
}
